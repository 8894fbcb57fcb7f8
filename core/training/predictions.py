"""The best epoch's answer to each validation and test image, kept with the run.

Everything that is said of a run later (figures, calibration, operating point) starts
from this table.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.dataset import TEST, VALIDATION
from core.domain.models import LOGITS
from core.training.atomic import replacing
from core.training.data import RunData
from core.training.epoch_figures import log_probabilities
from core.training.inference import outputs
from core.training.run_folder import RunFolder


def write_predictions(folder: RunFolder, data: RunData) -> None:
    from core.models.loading import load_model

    rows = np.concatenate([data.rows(part) for part in (VALIDATION, TEST)])
    (logits,) = outputs(load_model(folder.model_file), [LOGITS], data.dataset.images, rows)
    with replacing(folder.predictions_file) as file:
        table(data, rows, logits).to_parquet(file, index=False)


def table(data: RunData, rows: NDArray[np.int64], logits: NDArray[np.float32]) -> pd.DataFrame:
    """Columns image_id, patient_id, part, class, predicted, p_<class> ... and logit_0 ..."""
    known = data.dataset.index.iloc[rows]
    probabilities = np.exp(log_probabilities(logits))
    found = pd.DataFrame(
        {
            "image_id": known["image_id"].to_numpy(),
            "patient_id": known["patient_id"].to_numpy(),
            "part": data.parts[rows],
            "class": [data.classes[place] for place in data.targets[rows]],
            "predicted": [data.classes[place] for place in probabilities.argmax(axis=1)],
        }
    )
    for place, name in enumerate(data.classes):
        found[f"p_{name}"] = probabilities[:, place]
    for place in range(logits.shape[1]):
        found[f"logit_{place}"] = logits[:, place]
    return found


def logit_columns(found: pd.DataFrame) -> NDArray[np.float64]:
    names = [name for name in found.columns if name.startswith("logit_")]
    return np.asarray(found[names], np.float64)


def probability_columns(found: pd.DataFrame, classes: tuple[str, ...]) -> NDArray[np.float64]:
    return np.asarray(found[[f"p_{name}" for name in classes]], np.float64)
