"""Makes a model others can use from a run or a cross-validation: the network or networks, their
card, and what they were measured on.

The temperature and the operating point come from validation images, the figures from
images that no choice was made on.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from core.domain.card import ModelCard
from core.services import groups, publish_group, publish_run
from core.services.bundle_folder import check_name, described, new_bundle, write_card
from core.services.card_texts import CardTexts, with_texts
from core.training.run_folder import find_run

STEPS = 3  # the figures, the networks and the reference of their images, the card
Progress = Callable[[int, int], None]


class Draft(Protocol):
    """A run or a group that was measured and is about to become a model."""

    def fill(self, made: Path) -> dict[str, Any]:
        """Puts the networks and what belongs to them there; returns how images are judged."""

    def card(self, name: str, title: str, fitness: dict[str, Any]) -> ModelCard: ...

    @property
    def about(self) -> dict[str, Any]: ...


def publish(
    run: str,
    name: str,
    *,
    title: str = "",
    texts: CardTexts | None = None,
    replace: bool = False,
    told: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Of a run, or of a cross-validation: a model made of all its networks.

    Returns what a person wants to know of the new model; its folder is `path`.
    """
    hindered(run, name, replace)
    told(0, STEPS)
    draft = _measured(run)
    told(1, STEPS)
    with new_bundle(name) as made:
        fitness = draft.fill(made)
        told(2, STEPS)
        card = draft.card(name, title, fitness)
        card = with_texts(card, texts) if texts else card
        write_card(made, card)
    told(STEPS, STEPS)
    return {**draft.about, **described(card)}


def hindered(run: str, name: str, replace: bool) -> None:
    """Raises what stands against publishing this run or group under this name."""
    check_name(name, replace)
    if groups.is_group(run):
        publish_group.check(groups.find(run))
    else:
        publish_run.check(find_run(run))


def _measured(run: str) -> Draft:
    if groups.is_group(run):
        return publish_group.measured(groups.find(run))
    return publish_run.measured(find_run(run))
