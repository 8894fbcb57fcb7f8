"""Views are recognised by header or name, averaged by breast, and the worse breast speaks."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain.card import ModelCard
from core.domain.cases import Side, View
from core.domain.images import ImageFacts, Mammogram
from core.domain.prediction import Fitness, FitnessReport, Prediction
from core.services import catalogue, exam_reading
from core.services.exam_reading import recognise, summarise


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return catalogue.bundles("image")[0].card


def picture(**facts: object) -> Mammogram:
    known = replace(ImageFacts("PNG", 8, 8, 8), **facts)
    return Mammogram(np.zeros((8, 8), np.float32), known)


def answer(card: ModelCard, chance: float | None) -> Prediction:
    rest = (1 - (chance or 0)) / (len(card.classes) - 1)
    shares = {c.name: chance if c.name == "malignant" else rest for c in card.classes}
    return Prediction(
        "m",
        card,
        picture(),
        np.zeros((8, 8), np.float32),
        "malignant" if chance is not None else None,
        shares if chance is not None else {},
        (),
        FitnessReport(Fitness.FIT),
        None,
    )


@pytest.mark.parametrize(
    ("name", "facts", "wanted"),
    [
        ("left_mlo.png", {}, (Side.LEFT, View.MLO)),
        ("R-CC.dcm", {}, (Side.RIGHT, View.CC)),
        ("left_mlo.dcm", {"laterality": Side.RIGHT, "view": View.CC}, (Side.RIGHT, View.CC)),
        ("holiday.png", {}, (None, None)),
    ],
)
def test_a_view_is_recognised(name: str, facts: dict[str, object], wanted: object) -> None:
    assert recognise(name, picture(**facts)) == wanted


def test_views_are_averaged_and_the_worse_breast_speaks(card: ModelCard) -> None:
    found = summarise(
        [
            (Side.LEFT, View.CC, answer(card, 0.9)),
            (Side.LEFT, View.MLO, answer(card, 0.7)),
            (Side.RIGHT, View.CC, answer(card, 0.1)),
        ],
        card,
    )
    left, right = found.breasts
    assert found.patient is left
    assert (left.side, left.views, left.label) == (Side.LEFT, 2, "malignant")
    assert left.suspicion == pytest.approx(0.8)
    assert right.label != "malignant"
    assert found.missing == ((Side.RIGHT, View.MLO),)


def test_a_view_without_an_answer_is_left_out_of_the_mean(card: ModelCard) -> None:
    views = [(Side.LEFT, View.CC, answer(card, 0.8)), (Side.LEFT, View.MLO, answer(card, None))]
    found = summarise(views, card)
    assert found.breasts[0].suspicion == pytest.approx(0.8)
    assert found.breasts[0].views == 1
    assert (Side.LEFT, View.MLO) not in found.missing
    assert summarise(views[1:], card).patient is None


def test_the_sample_exam_has_the_four_usual_views() -> None:
    names = [name for name, data in exam_reading.sample_exam() if data]
    assert [recognise(name, picture()) for name in names] == [
        (side, view) for side in (Side.RIGHT, Side.LEFT) for view in (View.CC, View.MLO)
    ]
