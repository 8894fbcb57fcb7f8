"""A model cut in two at one layer: what leads to it, and what follows, sharing all weights."""

from typing import Any

from core.domain.models import LOGITS
from core.errors import ConfigError


def split(model: Any, layer: str, *, until: str = LOGITS) -> tuple[Any, Any]:
    """`(trunk, head)`: `head(trunk(x))` equals the output of `until`.

    The trunk gives the layer's output, then whatever else the head needs from before
    the cut (the other side of a skip connection, another branch); a list if there is any.
    """
    named = {operation.name: operation for operation in model.operations}
    for name in (layer, until):
        if name not in named:
            raise ConfigError(
                f"The model has no layer {name!r}. Its last layers are "
                f"{', '.join(o.name for o in model.layers[-6:])}; choose one of the model's layers."
            )
    start, end = named[layer].output, named[until].output
    return cut(model, [start, *_crossing(model, start, end)], end)


def cut(model: Any, edge: list[Any], end: Any) -> tuple[Any, Any]:
    """What computes the tensors of the edge from the model's inputs, and `end` from them."""
    import keras

    passed = _alone_or_all(edge)
    trunk = keras.Model(_alone_or_all(model.inputs), passed, name="trunk")
    histories = [tensor._keras_history for tensor in model.inputs]
    head = keras.Model(passed, end, name="head")
    # Keras rewrites the history of an input that is passed on, and could not save the model.
    for tensor, history in zip(model.inputs, histories, strict=True):
        tensor._keras_history = history
    return trunk, head


def _alone_or_all(tensors: list[Any]) -> Any:
    """Keras warns when one tensor is given where a list of one was declared."""
    return tensors[0] if len(tensors) == 1 else tensors


def _crossing(model: Any, start: Any, end: Any) -> list[Any]:
    """Tensors from before the cut that the way from it to the end also reads."""
    follows, sources = {id(start)}, {}
    for operation in model.operations:  # in the order in which they run
        inputs = _inputs(operation)
        for output in _flat(operation.output):
            sources[id(output)] = inputs
            if any(id(tensor) in follows for tensor in inputs):
                follows.add(id(output))
    if id(end) not in follows:
        raise ConfigError("The output does not follow from the chosen layer. Choose another one.")
    edge: dict[int, Any] = {}
    waiting, seen = [end], {id(start)}
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        if id(tensor) in follows:
            waiting += sources[id(tensor)]
        else:
            edge[id(tensor)] = tensor
    return list(edge.values())


def ancestors(model: Any, tensor: Any) -> list[Any]:
    """The layers that a tensor is computed by, in the order in which they run."""
    sources = {id(o): operation for operation in model.operations for o in _flat(operation.output)}
    found: dict[int, Any] = {}
    waiting = [tensor]
    while waiting:
        operation = sources[id(waiting.pop())]
        if id(operation) not in found:
            found[id(operation)] = operation
            waiting += _inputs(operation)
    return [layer for layer in model.layers if id(layer) in found]


def _inputs(operation: Any) -> list[Any]:
    from keras.layers import InputLayer

    return [] if isinstance(operation, InputLayer) else _flat(operation.input)


def _flat(tensors: Any) -> list[Any]:
    from keras import tree

    return list(tree.flatten(tensors))
