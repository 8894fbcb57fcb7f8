"""Does the score rest on what the map shows? Deletion and insertion (Petsiuk et al. 2018).

What is taken away is blurred, not blackened: a black patch is itself a strange sight for
a model. The same is done in a random order, since any damage lowers a score.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.heatmaps import Faithfulness
from core.errors import InputError
from core.evaluation.heatmap import baselines
from core.evaluation.sample import Floats

# Scores of many variants of one image, (variants, height, width), and that image's place.
Predict = Callable[[NDArray[np.float32], int], Floats]
STEPS = 16
BLUR = 0.1  # share of the image's shorter side


def faithfulness(
    predict: Predict,
    images: NDArray[np.float32],
    maps: Floats,
    *,
    steps: int = STEPS,
    seed: int = 0,
) -> Faithfulness:
    """Means over images; `predict` gives the score of the class that the maps speak for."""
    if images.shape != maps.shape or images.ndim != 3 or not len(images):
        raise InputError(
            f"Each image needs a map of its size; received {images.shape} and {maps.shape}."
        )
    share = np.linspace(0, 1, steps + 1)
    total = np.zeros((4, steps + 1))
    for number, (image, heat) in enumerate(zip(images, maps, strict=True)):
        everywhere = np.ones(image.shape, bool)
        noise = baselines.random(image.astype(np.float64), everywhere, seed + number)
        ways = [*_both(image, heat, share, seed), *_both(image, noise, share, seed)]
        total += predict(np.concatenate(ways), number).reshape(4, steps + 1)
    deletion, insertion, random_deletion, random_insertion = total / len(images)
    return Faithfulness(share, deletion, insertion, random_deletion, random_insertion)


def _both(
    image: NDArray[np.float32], heat: Floats, share: Floats, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The image with the hottest share blurred, and blurred but for the hottest share."""
    # Large parts of many maps are zero; chance decides their order, not the reading direction.
    chance = np.random.default_rng(seed).random(heat.size)
    rank = np.empty(heat.size)
    rank[np.lexsort((chance, -heat.ravel()))] = np.arange(heat.size) / heat.size
    hot = rank.reshape(1, *heat.shape) < share[:, None, None]
    blurred = cv2.GaussianBlur(image, (0, 0), BLUR * min(image.shape))
    return np.where(hot, blurred, image), np.where(hot, image, blurred)
