"""Which models are at hand: those shipped with the program and those made in the workspace."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core import paths
from core.domain.card import Kind, ModelCard
from core.errors import ConfigError, NotFound

MODEL, CARD, FITNESS = "model.keras", "card.json", "fitness.npz"


@dataclass(frozen=True)
class Bundle:
    name: str
    path: Path
    card: ModelCard
    shipped: bool

    @property
    def model_file(self) -> Path:
        return self.path / MODEL

    @property
    def fitness_file(self) -> Path:
        return self.path / FITNESS


def bundles(*kinds: Kind) -> list[Bundle]:
    """Shipped models first; a folder whose card cannot be read is left out.

    `kinds` are those wanted, all where none is named.
    """
    found = [*_in(paths.SHIPPED_MODELS, shipped=True), *_in(paths.models(), shipped=False)]
    return [item for item in found if not kinds or item.card.kind in kinds]


def in_order(found: Iterable[Bundle], *, synthetic: bool) -> list[Bundle]:
    """Those that learned from such images first, synthetic or real; readers of whole exams last."""
    return sorted(
        found, key=lambda one: (one.card.kind == "exam", one.card.data.synthetic != synthetic)
    )


def bundle(name: str) -> Bundle:
    found = {item.name: item for item in bundles()}
    if name not in found:
        known = ", ".join(found) or "none yet"
        raise NotFound(f"There is no model {name!r}. Known: {known}.")
    return found[name]


def _in(folder: Path, *, shipped: bool) -> Iterator[Bundle]:
    for file in sorted(folder.glob(f"*/{CARD}")):
        # What begins with a dot is being written, or was when a process was killed.
        if (file.parent / MODEL).is_file() and not file.parent.name.startswith("."):
            try:
                card = ModelCard.from_json(file.read_text(encoding="utf-8"))
            except (ConfigError, OSError):
                continue
            yield Bundle(file.parent.name, file.parent, card, shipped)
