"""Which part of a network learns: the head first, then the last layers, then all of it.

Frozen means inference: batch normalisation keeps its statistics and dropout rests.
Freeze before compiling; Keras reads the flags when the training step is made.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from core.errors import ConfigError
from core.models.block_names import bare, begins, block_of, unknown
from core.models.branches import make_freezable
from core.models.catalogue import MERGED
from core.models.head import FEATURE_DROPOUT, POOLED
from core.models.split import ancestors


@dataclass(frozen=True)
class Learning:
    """What is left to learn, in layers and in parameters."""

    layers: int
    parameters: int
    of_parameters: int


def freeze(model: Any, trainable: str) -> Learning:
    """`trainable` is `head`, `all`, `last-N` (of each backbone), or names of blocks.

    Blocks are separated by commas, such as `conv5` or `block6,block7`; the head always learns.
    """
    make_freezable(model.layers)
    model.trainable = True
    branches = backbone_layers(model)
    learning = _chosen(branches, trainable)
    for layer in [layer for branch in branches for layer in branch]:
        layer.trainable = layer.name in learning
    return _summary(model)


def pace_norms(model: Any, momentum: float) -> None:
    """Some networks were described for millions of steps and would hardly move in a short run."""
    from keras.layers import BatchNormalization

    for layer in model.layers:
        if isinstance(layer, BatchNormalization):
            layer.momentum = momentum
        elif hasattr(layer, "layers"):
            pace_norms(layer, momentum)


def backbone_layers(model: Any) -> list[list[Any]]:
    """The layers below the pooled features, one list a branch, in the order they run."""
    names = {layer.name for layer in model.layers}
    end = MERGED if MERGED in names else POOLED
    if end not in names:
        raise ConfigError(
            f"The model has no layer {POOLED!r}, so its head cannot be told from its backbone. "
            "Freeze models built by this program."
        )
    tensors = model.get_layer(end).input
    tensors = tensors if isinstance(tensors, list) else [tensors]
    below = [ancestors(model, tensor) for tensor in tensors]
    return [[o for o in branch if o.name != FEATURE_DROPOUT] for branch in below]


def blocks(model: Any) -> list[str]:
    """Names that `freeze` understands, in the order they run."""
    return _blocks(backbone_layers(model))


def _blocks(branches: list[list[Any]]) -> list[str]:
    layers = [layer for branch in branches for layer in branch if layer.weights]
    return list(dict.fromkeys(block_of(layer.name) for layer in layers))


def _chosen(branches: list[list[Any]], trainable: str) -> set[str]:
    if trainable == "head":
        return set()
    if trainable == "all":
        return {layer.name for branch in branches for layer in branch}
    if last := re.fullmatch(r"last-(\d+)", trainable):
        return {layer.name for branch in branches for layer in _last(branch, int(last[1]))}
    found: set[str] = set()
    for block in trainable.split(","):
        found |= _named(branches, block.strip())
    return found


def _last(branch: list[Any], count: int) -> list[Any]:
    """From the earliest of the last `count` layers that have weights."""
    places = [place for place, layer in enumerate(branch) if layer.weights]
    return branch[places[-count:][0] :] if count and places else []


def _named(branches: list[list[Any]], block: str) -> set[str]:
    names = [layer.name for branch in branches for layer in branch]
    found = {n for n in names if begins(block, n) or begins(block, bare(n))}
    if not found:
        raise unknown(block, _blocks(branches))
    return found


def _summary(model: Any) -> Learning:
    def count(variables: Any) -> int:
        return sum(math.prod(v.shape) for v in variables)

    learning = [layer for layer in model.layers if layer.trainable_weights]
    return Learning(len(learning), count(model.trainable_weights), count(model.weights))
