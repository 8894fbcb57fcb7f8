"""Weights from one network to another, layer by layer, where name and shapes agree."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Transfer:
    """`left` names the layers of the target that nothing was found for."""

    taken: int
    left: tuple[str, ...]

    def sentence(self, source: str) -> str:
        total = self.taken + len(self.left)
        text = f"{self.taken} of {total} layers were taken from {source}."
        if not self.left:
            return text
        shown = ", ".join(self.left[:5]) + (" and more" if len(self.left) > 5 else "")
        return f"{text} Newly initialised: {shown}."


def transfer(source: Any, target: Any, *, only: str = "") -> Transfer:
    """Between a single network and the branch of a hybrid, the branch's prefix is overlooked.

    `only` limits it to layers of the target whose name starts so.
    """
    found, left, taken = {layer.name: layer for layer in weighted(source)}, [], 0
    for layer in weighted(target):
        if not layer.name.startswith(only):
            continue
        match = _match(layer, _names(layer.name, source.name, target.name), found)
        if match is None:
            left.append(layer.name)
        else:
            copy_weights(match, layer)
            taken += 1
    return Transfer(taken, tuple(left))


def copy_weights(source: Any, target: Any) -> None:
    target.set_weights(source.get_weights())
    if hasattr(target, "finalize_state"):
        # Normalization computes with numbers it derives from its weights at this call.
        target.finalize_state()


def weighted(model: Any) -> list[Any]:
    return [layer for layer in model.layers if layer.weights]


def _names(name: str, source: str, target: str) -> tuple[str, ...]:
    """A single network's model carries the network's name, which is the branch's prefix."""
    return name, name.removeprefix(f"{source}_"), f"{target}_{name}"


def _match(layer: Any, names: tuple[str, ...], found: dict[str, Any]) -> Any:
    shapes = [tuple(w.shape) for w in layer.weights]
    for name in names:
        other = found.get(name)
        if other is not None and [tuple(w.shape) for w in other.weights] == shapes:
            return other
    return None
