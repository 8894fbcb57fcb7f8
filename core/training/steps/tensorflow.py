"""The step on TensorFlow: one graph, and only the augmentation compiled by XLA by default.

On processors XLA makes the resampling eight times quicker and convolutions three times
slower, so the two are compiled apart. This module imports TensorFlow.
"""

from typing import Any

import tensorflow as tf

from core.domain.training import TrainConfig
from core.training.network import Network
from core.training.pipeline import Batch
from core.training.steps.forward import Forward


def make(network: Network, optimizer: Any, config: TrainConfig, cached: bool) -> "TensorFlowEngine":
    if tf.distribute.get_strategy().num_replicas_in_sync > 1:
        from core.training.steps.tensorflow_mirrored import MirroredEngine

        return MirroredEngine(network, optimizer, config, cached)
    return TensorFlowEngine(network, optimizer, config, cached)


class TensorFlowEngine:
    _replicas = 1

    def __init__(self, network: Network, optimizer: Any, config: TrainConfig, cached: bool) -> None:
        self._network, self._optimizer, self._cached = network, optimizer, cached
        self._forward = Forward(config)
        optimizer.build(network.head.trainable_variables)
        self._images = tf.function(self._forward.images, jit_compile=True)
        self._train = tf.function(self._step, jit_compile=config.xla)
        self._predict = tf.function(self._logits, jit_compile=config.xla)
        self._features = tf.function(self._cross, jit_compile=config.xla)

    def train(self, batch: Batch, rate: float) -> tuple[Any, Any]:
        found: tuple[Any, Any] = self._train(*_tensors(batch), tf.constant(rate, tf.float32))
        return found

    def predict(self, batch: Batch) -> Any:
        return self._predict(_constant(batch.inputs))

    def features(self, batch: Batch) -> Any:
        return self._features(_constant(batch.inputs), _draws(batch))

    def settle(self) -> None:
        """Variables are updated in place here."""

    def look_again(self) -> None:
        """Variables are read in place here."""

    def _step(self, inputs: Any, targets: Any, weights: Any, draws: Any, rate: Any) -> Any:
        crossing = inputs if self._cached else self._cross(inputs, draws)
        head, optimizer = self._network.head, self._optimizer
        optimizer.learning_rate.assign(rate)
        with tf.GradientTape() as tape:
            logits = head(crossing, training=True)
            # Each replica adds its own, and what they add is summed.
            extra = [term / self._replicas for term in head.losses]
            total, blame = self._forward.loss(logits, targets, weights, extra)
            scaled = optimizer.scale_loss(total)
        gradients = tape.gradient(scaled, head.trainable_variables)
        optimizer.apply_gradients(zip(gradients, head.trainable_variables, strict=True))
        return blame, logits

    def _logits(self, inputs: Any) -> Any:
        crossing = inputs if self._cached else self._cross(inputs, {})
        return self._network.head(crossing, training=False)

    def _cross(self, inputs: Any, draws: Any) -> Any:
        images = self._images(inputs, draws) if draws else self._forward.images(inputs, {})
        trunk = self._network.trunk
        return images if trunk is None else trunk(self._network.for_trunk(images), training=False)


def _constant(inputs: Any) -> Any:
    return tf.nest.map_structure(tf.constant, inputs)


def _draws(batch: Batch) -> dict[str, Any]:
    return {name: tf.constant(values) for name, values in batch.draws.items()}


def _tensors(batch: Batch) -> tuple[Any, ...]:
    plain = (_constant(batch.inputs), tf.constant(batch.targets), tf.constant(batch.weights))
    return (*plain, _draws(batch))
