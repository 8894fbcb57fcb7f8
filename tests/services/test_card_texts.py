"""A person chooses the words on a card; what the program found out stays."""

from dataclasses import replace
from pathlib import Path

import pytest

from core import paths
from core.domain.card import (
    Calibration,
    ClassCard,
    Interval,
    ModelCard,
    OperatingPoint,
    TrainingData,
)
from core.domain.preprocess import PreprocessSpec
from core.errors import ConfigError, InputError, NotFound
from core.services import card_texts, catalogue
from core.services.card_texts import CardTexts
from core.services.catalogue import bundle

CARD = ModelCard(
    name="own",
    title="Old title",
    summary="A network.",
    intended_use="Research.",
    weaknesses=("It learned from synthetic images only.",),
    task="cancer",
    classes=(ClassCard("a", "A", "a"), ClassCard("b", "B", "b")),
    preprocessing=PreprocessSpec("plain", (), 8, 8),
    model={"name": "custom_cnn"},
    training={"run": "r", "epochs_done": 1, "seed": 0},
    data=TrainingData("d", True, 4, 2, "default", ""),
    metrics={"auc": Interval(0.5, 0.4, 0.6, 4)},
    measured_on="test part",
    operating_point=OperatingPoint(0.5, ("b",), "validation", "so"),
    calibration=Calibration(),
    explanation_layer="x",
    versions={},
)


@pytest.fixture
def own(workspace: Path) -> Path:
    folder = paths.models() / "own"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(CARD.to_json())
    (folder / "model.keras").write_bytes(b"")
    return folder


def test_words_change_and_figures_do_not(own: Path) -> None:
    wished = CardTexts("New title", "Teaching.", ("Only one scanner.", " ", "Old films."))
    card_texts.edit("own", wished)
    found = bundle("own").card
    assert (found.title, found.intended_use) == ("New title", "Teaching.")
    assert found.weaknesses == (*CARD.weaknesses, "Only one scanner.", "Old films.")
    assert found.metrics == CARD.metrics
    assert "Only one scanner." in (own / "README.md").read_text()
    assert card_texts.texts_of(found).limitations == ("Only one scanner.", "Old films.")
    # Taking one's own away again leaves what the program wrote.
    card_texts.edit("own", replace(wished, title="", limitations=()))
    again = bundle("own").card
    assert (again.title, again.weaknesses) == ("New title", CARD.weaknesses)


def test_what_cannot_be_on_a_card_is_refused(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="at most 2,000"):
        card_texts.edit("own", CardTexts(limitations=("x" * 2001,)))
    with pytest.raises(ConfigError, match="one line"):
        card_texts.edit("own", CardTexts("two\nlines"))
    with pytest.raises(NotFound):
        card_texts.edit("nobody", CardTexts())
    shipped = replace(bundle("own"), shipped=True)
    monkeypatch.setattr(catalogue, "bundles", lambda: [shipped])
    with pytest.raises(InputError, match="came with the program"):
        card_texts.edit("own", CardTexts())
    assert bundle("own").card == CARD
