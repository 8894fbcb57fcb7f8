"""A model as a run trains it: what is settled in front, what learns behind.

Everything up to the first layer that learns (or is random) gives the same features each
time. It runs in inference mode, and its output can be kept.
"""

from dataclasses import dataclass
from typing import Any

from core.domain.models import LOGITS
from core.errors import ConfigError
from core.models.split import cut


@dataclass(frozen=True)
class Network:
    """`head(trunk(x))` are the logits; `trunk` is None where the first layer learns."""

    model: Any
    trunk: Any | None
    head: Any

    def for_trunk(self, inputs: Any) -> Any:
        """Inputs by name, in the order in which a trunk takes them."""
        if not isinstance(inputs, dict) or self.trunk is None:
            return inputs
        return [inputs[tensor.name] for tensor in self.trunk.inputs]


def divide(model: Any) -> Network:
    """Cuts behind the last settled layer; which layers learn is said by `trainable`."""
    import keras

    logits = model.get_layer(LOGITS).output
    if not model.trainable_variables:
        raise ConfigError("No layer of this stage learns. Choose a stage that trains more.")
    edge = _edge(model, logits)
    if _same(edge, model.inputs):
        return Network(model, None, keras.Model(model.input, logits))
    return Network(model, *cut(model, edge, logits))


def _edge(model: Any, logits: Any) -> list[Any]:
    """The settled tensors that unsettled operations read."""
    settled: set[int] = {id(tensor) for tensor in model.inputs}
    edge: dict[int, Any] = {}
    for operation in model.operations:  # in the order in which they run
        reads = [] if _is_input(operation) else _flat(operation.input)
        outputs = _flat(operation.output)
        if _is_settled(operation) and all(id(tensor) in settled for tensor in reads):
            settled.update(id(tensor) for tensor in outputs)
        else:
            edge.update((id(tensor), tensor) for tensor in reads if id(tensor) in settled)
        if any(tensor is logits for tensor in outputs):
            break
    return list(edge.values())


def _is_settled(operation: Any) -> bool:
    """Nothing in it learns or is drawn at random."""
    if not getattr(operation, "trainable", True):
        return True
    has_variables = bool(getattr(operation, "variables", ()))
    return not has_variables and not hasattr(operation, "seed_generator")


def _is_input(operation: Any) -> bool:
    from keras.layers import InputLayer

    return isinstance(operation, InputLayer)


def _same(some: list[Any], others: list[Any]) -> bool:
    return {id(tensor) for tensor in some} == {id(tensor) for tensor in others}


def _flat(tensors: Any) -> list[Any]:
    from keras import tree

    return list(tree.flatten(tensors))
