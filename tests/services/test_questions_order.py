"""Which model is asked where nobody was named."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.card import ModelCard
from core.errors import NotFound
from core.paths import SHIPPED_MODELS
from core.services import catalogue, questions
from core.services.catalogue import CARD, Bundle
from core.services.caution import REAL_ONLY, SYNTHETIC_ONLY, between_worlds


def bundle(name: str, *, synthetic: bool, kind: str = "image", task: str = "cancer") -> Bundle:
    text = (SHIPPED_MODELS / "four-class-phantom" / CARD).read_text(encoding="utf-8")
    card = ModelCard.from_json(text)
    card = replace(card, kind=kind, task=task, data=replace(card.data, synthetic=synthetic))
    return Bundle(name, Path("nowhere"), card, shipped=True)


KNOWN = [
    bundle("exam", synthetic=False, kind="exam"),
    bundle("phantom", synthetic=True, task="four-class"),
    bundle("real", synthetic=False),
]


def test_files_of_people_go_to_a_model_that_has_seen_people_and_samples_to_one_that_has_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(catalogue, "bundles", lambda *kinds: KNOWN)
    assert [one.name for one in questions.askable()] == ["real", "phantom", "exam"]
    assert catalogue.in_order(KNOWN, synthetic=True)[0].name == "phantom"


def test_who_expects_four_classes_gets_them_while_there_is_a_model_of_four(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(catalogue, "bundles", lambda *kinds: KNOWN)
    assert questions.usual() == "real"
    assert questions.usual(task="four-class") == "phantom"
    monkeypatch.setattr(catalogue, "bundles", lambda *kinds: KNOWN[2:])
    assert questions.usual(task="four-class") == "real"


def test_without_any_model_the_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "bundles", lambda *kinds: [])
    with pytest.raises(NotFound, match="Train one"):
        questions.usual()


@pytest.mark.parametrize(
    ("learned", "drawn", "said"),
    [
        (True, True, ""),
        (False, False, ""),
        (True, False, SYNTHETIC_ONLY),
        (False, True, REAL_ONLY),
    ],
)
def test_a_model_asked_about_another_world_says_so(learned: bool, drawn: bool, said: str) -> None:
    assert between_worlds(bundle("one", synthetic=learned).card, drawn=drawn) == said
