"""LayerCAM: only gradients that raise the answer count, which sharpens maps of early layers.

Jiang et al. 2021, doi:10.1109/TIP.2021.3089943.
"""

from typing import Any

from core.domain.explanation import Cost, Method
from core.explanation.layer_maps import maker


def _combine(activations: Any, gradient: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_sum(tf.nn.relu(gradient) * activations, axis=-1)


METHOD = Method(
    title="Layer-CAM",
    plain="Adds up every place that raises the answer and leaves out what lowers it; finer "
    "outlines.",
    cost=Cost.QUICK,
    make=maker(_combine),
)
