"""Grad-CAM in the time of a prediction: where the evidence for a class lies.

Selvaraju et al. 2016, arXiv:1610.02391.
"""

from typing import TYPE_CHECKING, Any

from core.domain.explanation import Cost, Method
from core.explanation.layer_maps import LIKELIEST, Explanation, LayerExplainer, maker

if TYPE_CHECKING:
    import keras

__all__ = ["LIKELIEST", "METHOD", "Explainer", "Explanation"]


def _combine(activations: Any, gradient: Any) -> Any:
    import tensorflow as tf

    weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
    return tf.reduce_sum(weights * activations, axis=-1)


class Explainer(LayerExplainer):
    """Prediction and map together, as they are shown live."""

    def __init__(self, model: "keras.Model", layer: str) -> None:
        super().__init__(model, layer, _combine)


METHOD = Method(
    title="Grad-CAM",
    plain="Each kind of pattern the network knows counts by how much it raises the answer "
    "on the whole; the usual choice.",
    cost=Cost.LIVE,
    make=maker(_combine),
)
