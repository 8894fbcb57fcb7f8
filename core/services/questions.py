"""One question to a model about one image from outside, as command line and interface ask it."""

from typing import Any

from core.domain.prediction import Prediction
from core.services import diagnose
from core.services.caution import with_caution
from core.services.decoding import Source


def ask(
    source: Source,
    model: str,
    *,
    heatmap: bool = False,
    target: str | None = None,
    method: str | None = None,
) -> Prediction:
    """The numbers that Diagnose shows, and doubt where the image is not of the model's world."""
    mammogram = diagnose.preview(source)
    further: dict[str, Any] = {"method": method} if method else {}
    return with_caution(
        diagnose.analyse(mammogram, model, heatmap=heatmap, target=target, **further)
    )
