"""The step shared among several GPUs of one machine. This module imports TensorFlow."""

from typing import Any

import tensorflow as tf

from core.domain.training import TrainConfig
from core.training.network import Network
from core.training.pipeline import Batch
from core.training.steps.tensorflow import TensorFlowEngine


class MirroredEngine(TensorFlowEngine):
    """Weights of images add up to one over the whole batch, so gradients are summed."""

    def __init__(self, network: Network, optimizer: Any, config: TrainConfig, cached: bool) -> None:
        self._strategy = tf.distribute.get_strategy()
        self._replicas = self._strategy.num_replicas_in_sync
        super().__init__(network, optimizer, config, cached)
        self._share = tf.function(self._shared)

    def train(self, batch: Batch, rate: float) -> tuple[Any, Any]:
        given = (batch.inputs, batch.targets, batch.weights, dict(batch.draws))
        blame, logits = self._share(*self._dealt(given), tf.constant(rate, tf.float32))
        parts = self._strategy.experimental_local_results(logits)
        return self._strategy.reduce("SUM", blame, axis=None), tf.concat(parts, axis=0)

    def _shared(self, inputs: Any, targets: Any, weights: Any, draws: Any, rate: Any) -> Any:
        return self._strategy.run(self._step, (inputs, targets, weights, draws, rate))

    def _dealt(self, arrays: Any) -> Any:
        """The same share of every array for each device."""

        def share(array: Any) -> Any:
            part = len(array) // self._replicas

            def slice_of(context: Any) -> Any:
                place = context.replica_id_in_sync_group * part
                return tf.constant(array[place : place + part])

            return self._strategy.experimental_distribute_values_from_function(slice_of)

        return tf.nest.map_structure(share, arrays)
