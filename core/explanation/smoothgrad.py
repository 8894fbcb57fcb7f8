"""SmoothGrad: which pixels, made brighter, would raise the answer, averaged over noisy copies.

Smilkov et al. 2017, arXiv:1706.03825. The noise is seeded, so the same image has the same map;
what would lower the answer is cut away rather than shown as its opposite.
"""

import numpy as np

from core.domain.explanation import Cost, Method
from core.explanation.input_gradients import Batch, maker

COPIES = 24
NOISE = 0.1  # of the image's own range


def noise(shape: tuple[int, ...]) -> Batch:
    return np.random.default_rng(0).standard_normal((COPIES, *shape)).astype(np.float32)


def _variants(image: Batch) -> Batch:
    sigma = np.float32(NOISE) * (image.max() - image.min())
    return np.asarray(image[None] + sigma * noise(image.shape), np.float32)


METHOD = Method(
    title="SmoothGrad",
    plain="Marks single pixels that would raise the answer if they were a little brighter, "
    "averaged over copies of the image with noise.",
    cost=Cost.SLOW,
    make=maker(_variants, lambda image, gradient: gradient),
    by_layer=False,
)
