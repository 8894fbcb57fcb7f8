"""The overlay of a heatmap as a part of an answer."""

import base64
from typing import Any

from core.api.form import Asked
from core.domain.prediction import Prediction
from core.services.overlay import as_png


def picture(prediction: Prediction, asked: Asked) -> dict[str, Any] | None:
    """None where none was asked for, or where nothing spoke for the class."""
    heat = prediction.heatmap
    if not asked.heatmap or heat is None:
        return None
    png = None if heat.empty else as_png(prediction.mammogram.pixels, heat.values, asked.palette)
    return {
        "method": heat.method,
        "target": heat.target,
        "empty": heat.empty,
        "png": png and base64.b64encode(png).decode(),
    }
