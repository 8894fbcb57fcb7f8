"""One answer as a document that machines read, for keeping beside the picture."""

from typing import Any

from core import __version__
from core.domain.prediction import Prediction
from core.services.agreement import agreement
from core.services.hot_regions import hot_regions
from core.services.sureness import Sureness

NOTICE = "Research and teaching only, not for diagnosis of patients"


def result_document(title: str, prediction: Prediction, steady: Sureness | None) -> dict[str, Any]:
    """What the interface gives, and with it the heatmap in numbers; nothing of the header."""
    networks = agreement(prediction)
    return {
        "notice": NOTICE,
        "mammolens": __version__,
        "image": title,
        **prediction.to_document(),
        "synthetic": prediction.card.data.synthetic,
        "steadiness": steady and vars(steady),
        "agreement": networks and vars(networks),
        "heatmap": _heatmap(prediction),
    }


def _heatmap(prediction: Prediction) -> dict[str, Any] | None:
    heat = prediction.heatmap
    if heat is None:
        return None
    regions = hot_regions(heat, prediction.mammogram)
    rows, columns = prediction.mammogram.pixels.shape
    return {
        "method": heat.method,
        "target": heat.target,
        "layer": heat.layer,
        "empty": heat.empty,
        "size": [columns, rows],
        "regions": [vars(region) for region in regions],
    }
