"""The step on JAX: a pure function of all variables, which are handed round as arrays.

Keras's variables are only brought up to date by `settle`. This module imports JAX.
"""

from typing import Any

import jax
import numpy as np

from core.domain.training import TrainConfig
from core.training.network import Network
from core.training.pipeline import Batch
from core.training.steps.forward import Forward


def make(network: Network, optimizer: Any, config: TrainConfig, cached: bool) -> "JaxEngine":
    return JaxEngine(network, optimizer, config, cached)


class JaxEngine:
    def __init__(self, network: Network, optimizer: Any, config: TrainConfig, cached: bool) -> None:
        self._network, self._optimizer, self._cached = network, optimizer, cached
        self._forward = Forward(config)
        optimizer.build(network.head.trainable_variables)
        self._rate_place = _place(optimizer.variables, optimizer.learning_rate)
        self._state: tuple[list[Any], ...] | None = None
        trunk = network.trunk
        self._trunk_values = [] if trunk is None else [v.value for v in trunk.variables]
        self._train = jax.jit(self._step, donate_argnums=0)
        self._predict = jax.jit(self._logits)
        self._features = jax.jit(self._cross)

    def train(self, batch: Batch, rate: float) -> tuple[Any, Any]:
        self._state, loss, logits = self._train(
            self._values(),
            self._trunk_values,
            *_dealt((batch.inputs, batch.targets, batch.weights, batch.draws)),
            np.float32(rate),
        )
        return loss, logits

    def predict(self, batch: Batch) -> Any:
        trainable, fixed, _ = self._values()
        return self._predict(trainable, fixed, self._trunk_values, batch.inputs)

    def features(self, batch: Batch) -> Any:
        return self._features(self._trunk_values, batch.inputs, batch.draws)

    def settle(self) -> None:
        if self._state is None:
            return
        for variables, values in zip(self._variables(), self._state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def look_again(self) -> None:
        self._state = None

    def _values(self) -> tuple[list[Any], ...]:
        """Read late, so that what a checkpoint restored is seen."""
        if self._state is None:
            # Copies, because the step gives its arguments' memory away.
            self._state = tuple([jax.numpy.array(v.value) for v in vs] for vs in self._variables())
        return self._state

    def _variables(self) -> tuple[list[Any], ...]:
        head = self._network.head
        return (
            head.trainable_variables,
            head.non_trainable_variables,
            self._optimizer.variables,
        )

    def _step(
        self,
        state: tuple[list[Any], ...],
        trunk: list[Any],
        inputs: Any,
        targets: Any,
        weights: Any,
        draws: Any,
        rate: Any,
    ) -> Any:
        trainable, fixed, memory = state
        memory = [rate if i == self._rate_place else v for i, v in enumerate(memory)]
        crossing = inputs if self._cached else self._cross(trunk, inputs, draws)

        def blame(trainable: list[Any]) -> Any:
            logits, moved, extra = self._network.head.stateless_call(
                trainable, fixed, crossing, training=True, return_losses=True
            )
            total, mean = self._forward.loss(logits, targets, weights, extra)
            return self._scaled(total, memory), (mean, logits, moved)

        slopes, (mean, logits, moved) = jax.grad(blame, has_aux=True)(trainable)
        trainable, memory = self._optimizer.stateless_apply(memory, slopes, trainable)
        return (trainable, moved, memory), mean, logits

    def _scaled(self, loss: Any, memory: list[Any]) -> Any:
        import keras

        mapping = list(zip(self._optimizer.variables, memory, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return self._optimizer.scale_loss(loss)

    def _logits(self, trainable: Any, fixed: Any, trunk: Any, inputs: Any) -> Any:
        crossing = inputs if self._cached else self._cross(trunk, inputs, {})
        return self._network.head.stateless_call(trainable, fixed, crossing, training=False)[0]

    def _cross(self, values: list[Any], inputs: Any, draws: Any) -> Any:
        images, trunk = self._forward.images(inputs, draws), self._network.trunk
        if trunk is None:
            return images
        trainable = [v for v, kept in zip(values, trunk.variables, strict=True) if kept.trainable]
        fixed = [v for v, kept in zip(values, trunk.variables, strict=True) if not kept.trainable]
        return trunk.stateless_call(
            trainable, fixed, self._network.for_trunk(images), training=False
        )[0]


def _dealt(arrays: Any) -> Any:
    """Each device takes its share of the images, where there are several."""
    import keras

    distribution = keras.distribution.distribution()
    if distribution is None:
        return arrays
    mesh = distribution.device_mesh.backend_mesh
    axes = jax.sharding.PartitionSpec(distribution.batch_dim_name)
    return jax.device_put(arrays, jax.sharding.NamedSharding(mesh, axes))


def _place(variables: list[Any], wanted: Any) -> int:
    return next(i for i, variable in enumerate(variables) if variable is wanted)
