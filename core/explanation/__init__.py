"""What a model looked at: one method a file, each exposing `METHOD`.

Importing a method imports no deep-learning library; `METHOD.make(model, layer)` does.
"""

from core.domain.card import Kind
from core.domain.explanation import Method
from core.registry import Registry

LIVE = "grad-cam"


def _spell(stem: str) -> str:
    return stem.replace("_", "-").replace("cam", "-cam")


METHODS: Registry[Method] = Registry(
    "core.explanation",
    "METHOD",
    "explanation method",
    internal=("layer_maps", "input_gradients", "masking", "layers", "sequence_maps"),
    spell=_spell,
)


def methods(kind: Kind = "image") -> dict[str, Method]:
    """Those that can explain a model of this kind, the live one first.

    Of a model of whole exams it is the live one, which is followed through the sequence.
    """
    every = {entry.name: entry.load() for entry in METHODS}
    suited = {name: one for name, one in every.items() if one.tiles == (kind == "patch")}
    if kind == "exam":
        return {LIVE: suited[LIVE]}
    return dict(sorted(suited.items(), key=lambda item: item[0] != LIVE))
