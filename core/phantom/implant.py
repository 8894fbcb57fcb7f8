"""A silicone implant: an even, bright body behind the gland."""

import numpy as np

from core.phantom.noise import Field, smoothstep
from core.phantom.outline import Outline


def add_implant(pixels: Field, rng: np.random.Generator, outline: Outline) -> None:
    depth, across = outline.places(1)
    middle = rng.uniform(0.95, 1.05)
    far = np.hypot((depth - middle) / 0.50, (across + rng.normal(0, 0.03)) / rng.uniform(0.5, 0.62))
    body = 1 - smoothstep(far.astype(np.float32), 0.985, 1.0)
    pixels *= 1 - body
    pixels += body * np.float32(rng.uniform(0.86, 0.97))
