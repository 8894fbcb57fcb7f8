"""HiResCAM: every place counts by its own gradient, so nothing unused by the model is shown.

Draelos and Carin 2020, arXiv:2011.08891.
"""

from typing import Any

from core.domain.explanation import Cost, Method
from core.explanation.layer_maps import maker


def _combine(activations: Any, gradient: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_sum(gradient * activations, axis=-1)


METHOD = Method(
    title="HiResCAM",
    plain="Shows only places that the network really used for the answer, each by its own weight.",
    cost=Cost.QUICK,
    make=maker(_combine),
)
