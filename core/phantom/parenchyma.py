"""The brightness of healthy tissue: fat, gland, lines, muscle and skin put together."""

import cv2
import numpy as np

from core.domain.cases import Side, View
from core.phantom.config import PhantomConfig, stream
from core.phantom.looks import Look
from core.phantom.noise import Field, power_law, smoothstep
from core.phantom.outline import Outline
from core.phantom.strands import ligaments, vessels
from core.phantom.tissue import gland_map

COARSE = 2  # broad structure is made at every second pixel


def parenchyma(
    config: PhantomConfig,
    index: int,
    side: Side,
    view: View,
    outline: Outline,
    density: str,
    look: Look,
) -> Field:
    """The breast without findings, over the whole picture."""
    rng = stream(config.seed, index, "parenchyma", side, view)
    rows, columns = outline.breast.shape
    coarse = (-(-rows // COARSE), -(-columns // COARSE))
    texture = power_law(rng, coarse, 3.4, 5.0)
    lumps = power_law(rng, coarse, 3.1, 11.0)
    gland = gland_map(config, index, side, density, outline, view, COARSE)
    muscle = cv2.resize(outline.muscle, coarse[::-1], interpolation=cv2.INTER_AREA)
    gland = smoothstep(gland + 0.10 * texture + 0.06 * lumps, 0.14, 0.84) * (1 - 0.85 * muscle)
    body = look.fat + 0.034 * look.gain * texture + 0.012 * lumps
    body += look.gain * gland * (0.26 + 0.05 * lumps + 0.03 * texture)
    body += look.gain * muscle * (0.28 - 0.02 * texture)
    body = cv2.resize(body, (columns, rows), interpolation=cv2.INTER_CUBIC)
    gland = cv2.resize(gland, (columns, rows), interpolation=cv2.INTER_LINEAR)
    lines = ligaments(rng, outline) + vessels(rng, outline)
    body += look.strands * look.gain * lines * (0.105 + 0.105 * gland) * (1 - 0.6 * outline.muscle)
    return np.asarray(body, dtype=np.float32)


def skin(rng: np.random.Generator, image: Field, outline: Outline, look: Look) -> Field:
    """Thins the breast out towards its edge and draws the skin around it."""
    distance = outline.skin_distance
    thickness = smoothstep(distance, -0.35 * look.rolloff_mm, look.rolloff_mm) * outline.breast
    rim = np.exp(-(((distance - 0.7) / 0.65) ** 2))
    rim *= look.skin * outline.breast * _unevenness(rng, outline)
    return np.asarray(image * thickness + rim, dtype=np.float32)


def _unevenness(rng: np.random.Generator, outline: Outline) -> Field:
    """Skin is brighter where the X-rays graze more of it: it varies along the outline."""
    rows = outline.breast.shape[0]
    wave = np.interp(np.arange(rows), np.linspace(0, rows, 14), rng.uniform(0.55, 1.45, 14))
    return np.asarray(wave, dtype=np.float32)[:, None]
