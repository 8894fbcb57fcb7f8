"""A heatmap as colour over the grey image, the same for pages, files and reports."""

from typing import Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.images import Pixels
from core.errors import InputError

Palette = Literal["magma", "viridis", "jet"]
PALETTES: dict[str, int] = {
    "magma": cv2.COLORMAP_MAGMA,
    "viridis": cv2.COLORMAP_VIRIDIS,
    "jet": cv2.COLORMAP_JET,
}
Rgb = NDArray[np.uint8]


def colourise(values: Pixels, palette: Palette = "magma") -> Rgb:
    """Values in [0, 1] as RGB."""
    level = (np.clip(values, 0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(level, PALETTES[palette])[..., ::-1], dtype=np.uint8)


def grey(pixels: Pixels) -> Rgb:
    level = (np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return np.repeat(level[..., None], 3, axis=2)


def overlay(
    pixels: Pixels,
    heat: Pixels,
    *,
    opacity: float = 0.5,
    palette: Palette = "magma",
    threshold: float = 0.15,
) -> Rgb:
    """Colour fades in above the threshold, so that cold regions leave the image untouched."""
    ramp = np.clip((heat - threshold) / max(1e-6, 1 - threshold), 0, 1)
    alpha = (opacity * np.sqrt(ramp))[..., None]
    mixed = grey(pixels) * (1 - alpha) + colourise(heat, palette) * alpha
    return np.asarray(mixed.round(), dtype=np.uint8)


def as_png(pixels: Pixels, heat: Pixels, palette: str) -> bytes:
    """The overlay as a file, for who is no page."""
    if palette not in PALETTES:
        raise InputError(f"There is no palette {palette!r:.40}. Known: {', '.join(PALETTES)}.")
    picture = overlay(pixels, heat, palette=cast(Palette, palette))
    return bytes(cv2.imencode(".png", picture[..., ::-1])[1])
