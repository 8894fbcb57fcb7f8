"""A patch model put to every place of a whole mammogram: how likely each place is of a class."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.domain.explanation import Cost, Explain, Maps, Method, Progress
from core.errors import InputError

LEAST = 0.01  # a probability below which nothing is said to speak for the class


def _make(model: Any, layer: str) -> Explain:
    from core.models.patch_to_whole import class_map, is_exact

    mode: Literal["exact", "fast"] = "fast" if is_exact(model) else "exact"
    classes = max(2, model.output_shape[-1])

    def explain(batch: NDArray[np.float32], target: int, progress: Progress | None = None) -> Maps:
        if not 0 <= target < classes:
            raise InputError(f"The model has classes 0 to {classes - 1}. Received: class {target}.")
        maps = []
        for number, image in enumerate(batch, 1):
            found = class_map(model, image[..., 0], mode=mode)
            maps.append(found.on_image(*image.shape[:2])[..., target])
            if progress:
                progress(number / len(batch))
        drawn = np.asarray(maps, np.float32)
        return np.where(drawn < LEAST, np.float32(0), drawn)

    return explain


METHOD = Method(
    title="Class map",
    plain="Asks the model about every place of the image in turn and shows how likely each is to "
    "hold this class.",
    cost=Cost.LIVE,
    make=_make,
    by_layer=False,
    tiles=True,
)
