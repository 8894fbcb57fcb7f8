"""The words on a model's card that a person may choose; its figures nobody may.

What the program found out about a model's limits stays on the card. A person adds to it.
"""

from dataclasses import dataclass, replace

from core import paths
from core.domain.card import ModelCard
from core.errors import ConfigError, InputError
from core.services.catalogue import CARD, bundle
from core.services.model_page import page
from core.training.atomic import write_text

ADDED = "added_limitations"
LONGEST = 2000


@dataclass(frozen=True)
class CardTexts:
    """`limitations` are those that a person added, a sentence each; empty means as it was."""

    title: str = ""
    intended_use: str = ""
    limitations: tuple[str, ...] = ()


def texts_of(card: ModelCard) -> CardTexts:
    return CardTexts(card.title, card.intended_use, tuple(card.training.get(ADDED, ())))


def found_out(card: ModelCard) -> tuple[str, ...]:
    """The limitations that the program wrote."""
    added = card.training.get(ADDED, ())
    return tuple(sentence for sentence in card.weaknesses if sentence not in added)


def with_texts(card: ModelCard, texts: CardTexts) -> ModelCard:
    _check(texts)
    found = found_out(card)
    added = tuple(s.strip() for s in texts.limitations if s.strip() and s.strip() not in found)
    return replace(
        card,
        title=texts.title.strip() or card.title,
        intended_use=texts.intended_use.strip() or card.intended_use,
        weaknesses=(*found, *added),
        training={**card.training, ADDED: list(added)},
    )


def _check(texts: CardTexts) -> None:
    for text in (texts.title, texts.intended_use, *texts.limitations):
        if len(text) > LONGEST:
            raise ConfigError(
                f"A text on a card has at most {LONGEST:,} characters. Received {len(text):,}, "
                f"beginning {text[:40]!r}."
            )
    if "\n" in texts.title.strip():
        raise ConfigError("A title is one line. Take the line breaks out.")


def edit(name: str, texts: CardTexts) -> ModelCard:
    """On a model of one's own; shipped models stay as they were measured."""
    item = bundle(name)
    if item.shipped:
        raise InputError(
            f"{name!r} came with the program and is not changed. Publish a model of your own."
        )
    card = with_texts(item.card, texts)
    folder = paths.models() / item.path.name
    write_text(folder / CARD, card.to_json())
    write_text(folder / "README.md", page(card))
    return card
