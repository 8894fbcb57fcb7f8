"""Grad-CAM++: as Grad-CAM, fairer to several findings and to small ones.

Chattopadhyay et al. 2017, arXiv:1710.11063. The paper's exponential of the score is a
positive factor of the whole map, which scaling takes away again; without it nothing overflows.
"""

from typing import Any

from core.domain.explanation import Cost, Method
from core.explanation.layer_maps import maker


def _combine(activations: Any, gradient: Any) -> Any:
    import tensorflow as tf

    total = tf.reduce_sum(activations, axis=(1, 2), keepdims=True)
    shares = tf.math.divide_no_nan(gradient**2, 2 * gradient**2 + gradient**3 * total)
    shares = tf.math.divide_no_nan(shares, tf.reduce_sum(shares, axis=(1, 2), keepdims=True))
    weights = tf.reduce_sum(tf.nn.relu(gradient) * shares, axis=(1, 2), keepdims=True)
    return tf.reduce_sum(weights * activations, axis=-1)


METHOD = Method(
    title="Grad-CAM++",
    plain="Like Grad-CAM, but several findings, or small ones, are less easily drowned out by "
    "one large one.",
    cost=Cost.QUICK,
    make=maker(_combine),
)
