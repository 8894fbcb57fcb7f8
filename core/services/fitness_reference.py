"""What training images look like to a model, kept with it to judge whether a new one is alike."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.dataset import TRAIN, VALIDATION
from core.models.head import POOLED
from core.training.data import RunData
from core.training.inference import outputs
from core.training.reference import Features, describe
from core.training.rows import RowReader
from core.training.run_folder import RunFolder

MOST_REFERENCE_IMAGES = 1500


def write_reference(path: Path, folder: RunFolder, run_data: RunData) -> dict[str, Any]:
    """What training images look like to the model, for judging whether a new one is like them."""
    from core.models.loading import load_model

    rows = {part: run_data.rows(part)[:MOST_REFERENCE_IMAGES] for part in (TRAIN, VALIDATION)}
    model, images = load_model(folder.model_file), run_data.dataset.images
    learned, unseen = (
        outputs(model, [POOLED], RowReader(images), rows[p])[0] for p in (TRAIN, VALIDATION)
    )
    return keep(path, POOLED, (learned, unseen), run_data, rows[VALIDATION])


def keep(
    path: Path,
    layer: str,
    features: tuple[Features, Features],
    run_data: RunData,
    rows: NDArray[np.int64],
) -> dict[str, Any]:
    """`features` are of images that were learned from and of others, which stand at `rows`."""
    with RowReader(run_data.dataset.images) as reader:
        seen = reader.read(rows).astype(np.float32)
    found = describe(*features, seen / np.float32(run_data.dataset.scale))
    found.save(path)
    return {
        "layer": layer,
        "images": found.images,
        "distances": dict(zip(map(str, found.levels), found.distances.tolist(), strict=True)),
        "of": "validation images, which the model did not learn from",
    }
