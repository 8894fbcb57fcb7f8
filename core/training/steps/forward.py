"""What every backend's step computes, in `keras.ops`.

This module imports keras: import it inside functions only.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from core.domain.training import TrainConfig
from core.training import augmentation, losses
from core.training.draws import noise_tile
from core.training.rows import IMAGES


@dataclass
class Forward:
    config: TrainConfig

    def __post_init__(self) -> None:
        noisy = self.config.augmentation.noise > 0
        self.tile = noise_tile(self.config.seed) if noisy else np.zeros((1, 1), np.float32)

    def images(self, stored: Any, draws: dict[str, Any], largest: int | None = None) -> Any:
        """From stored whole numbers to what the model takes."""
        if isinstance(stored, dict):
            pictures = stored[IMAGES]
            _, slots, height, width = pictures.shape
            flat = ops.reshape(pictures, (-1, height, width))
            views = self.images(flat, draws, largest)
            return {**stored, IMAGES: ops.reshape(views, (-1, slots, height, width, 1))}
        images = unit(stored, largest)
        if not draws:
            return images
        tile = ops.convert_to_tensor(self.tile)
        return augmentation.apply(images, draws, self.config.augmentation, tile)

    def loss(self, logits: Any, targets: Any, weights: Any, extra: list[Any]) -> tuple[Any, Any]:
        """What is minimised, and the part of it that the images are to blame for."""
        blame = ops.sum(losses.per_image(logits, targets, self.config.loss) * weights)
        return blame + sum(ops.cast(term, "float32") for term in extra), blame


def unit(stored: Any, largest: int | None = None) -> Any:
    """(batch, height, width) of stored values to (batch, height, width, 1) in [0, 1]."""
    if largest is None:
        largest = int(np.iinfo(keras.backend.standardize_dtype(stored.dtype)).max)
    return ops.expand_dims(ops.cast(stored, "float32") * (1.0 / largest), -1)
