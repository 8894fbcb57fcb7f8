"""Integrated gradients: the answer shared out among pixels, on the way from a black image.

Sundararajan et al. 2017, arXiv:1703.01365. Positive and negative shares add up to what the
image changes in the score; only what speaks for the class is drawn.
"""

import numpy as np

from core.domain.explanation import Cost, Method
from core.explanation.input_gradients import Batch, maker

STEPS = 32


def _variants(image: Batch) -> Batch:
    """At the middle of each step, which is more exact than at its ends."""
    shares = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS
    return np.asarray(shares[:, None, None, None] * image[None], np.float32)


METHOD = Method(
    title="Integrated gradients",
    plain="Shares the answer out among the pixels while the image is brought up from black; the "
    "shares add up to the score.",
    cost=Cost.SLOW,
    make=maker(_variants, lambda image, gradient: image * gradient),
    by_layer=False,
)
