"""The image with its heatmap as a file, which keeps saying what it is wherever it goes."""

import numpy as np

from core import __version__
from core.domain.prediction import Prediction
from core.services.overlay import Rgb, grey, overlay
from ui import words
from ui.components.image_viewer import Look

_MARGIN = 8


def png(prediction: Prediction, look: Look) -> bytes:
    import cv2

    drawn = _drawn(prediction, look)
    labelled = np.vstack([drawn, _caption(_sentences(prediction), drawn.shape[1])])
    return bytes(cv2.imencode(".png", np.ascontiguousarray(labelled[..., ::-1]))[1])


def _drawn(prediction: Prediction, look: Look) -> Rgb:
    pixels, heatmap = prediction.mammogram.pixels, prediction.heatmap
    if heatmap is None:
        return grey(pixels)
    return overlay(
        pixels,
        heatmap.values,
        opacity=look.opacity,
        palette=look.palette,
        threshold=look.threshold,
    )


def _sentences(prediction: Prediction) -> list[str]:
    titles = {item.name: item.title for item in prediction.card.classes}
    said = f"{prediction.card.title}, Mammolens {__version__}"
    if prediction.label:
        chance = words.percent(prediction.probabilities[prediction.label])
        said = f"{titles[prediction.label]}, {chance}: {said}"
    if prediction.heatmap:
        said += f". Heatmap for {titles[prediction.heatmap.target]}"
    return [said + ".", words.NOTICE + "."]


def _caption(lines: list[str], width: int) -> Rgb:
    """Light letters on black under the image, as wide as it is."""
    import cv2

    font, scale = cv2.FONT_HERSHEY_SIMPLEX, 1.0
    widest = max(cv2.getTextSize(line, font, scale, 1)[0][0] for line in lines)
    scale = max(0.3, min(width / 1500, (width - 2 * _MARGIN) / widest))
    step = round(38 * scale) + 4
    strip = np.zeros((step * len(lines) + 2 * _MARGIN, width, 3), np.uint8)
    for place, line in enumerate(lines):
        foot = (_MARGIN, _MARGIN + step * (place + 1) - step // 4)
        cv2.putText(strip, line, foot, font, scale, (235, 235, 235), 1, cv2.LINE_AA)
    return strip
