"""A model of whole exams on Diagnose: several views or one, what is known, and no dead end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.domain.card import ModelCard
from core.domain.cases import Side
from core.domain.images import ImageFacts
from core.domain.prediction import Fitness, FitnessReport, Prediction
from core.domain.preprocess import PreprocessSpec
from core.models.context import ContextEncoder
from core.preprocessing.pipeline import Frame
from core.services import diagnose, exam, exam_models, exam_reading
from core.services.exam_result import BreastAnswer, ExamAnswer, ViewAnswer
from core.services.exam_views import ViewFile

Said = Callable[[AppTest], str]
UNLIKE = FitnessReport(Fitness.DOUBTFUL, ("It looks unlike the others.",))


class Visits:
    """A model of whole exams that answers at once, and remembers what it was asked."""

    def __init__(self, card: ModelCard) -> None:
        self.card = replace(card, kind="exam")
        self.asked: list[tuple[list[tuple[str, Any, Any]], dict[str, Any]]] = []
        self.fitness = FitnessReport(Fitness.FIT)
        self.readable = True

    def read(self, found: Any, patient: str, views: list[ViewFile], **wanted: Any) -> ExamAnswer:
        told = dict(wanted["told"])
        self.asked.append(([(v.name, v.case.laterality, v.case.view) for v in views], told))
        answers = tuple(self._view(one) for one in views)
        chances = {"normal": 0.2, "malignant": 0.8}
        sides = {"left": Side.LEFT, "right": Side.RIGHT}
        counts = {n: sum(v.case.laterality is s for v in views) for n, s in sides.items()}
        breasts = {
            name: BreastAnswer("malignant", chances, n) if n and self.readable else None
            for name, n in counts.items()
        }
        label = "malignant" if self.readable else None
        shares = chances if label else {}
        known = {"age": 61.0, "density": None, "implant": False, "machine": None, "exams": 1}
        return ExamAnswer(
            "visit", "", self.card, answers, breasts, label, shares, {**known, **told}, (), ()
        )

    def _view(self, one: ViewFile) -> ViewAnswer:
        mammogram = one.open(PreprocessSpec("plain", (), 64, 64))
        frame = Frame(np.zeros((64, 64), np.float32), mammogram.facts, (64, 64), np.eye(3))
        fitness = self.fitness if self.readable else FitnessReport(Fitness.UNFIT, ("It is blank.",))
        label = "malignant" if self.readable else None
        said = Prediction(
            "visit", self.card, mammogram, frame.pixels, label,
            {"normal": 0.2, "malignant": 0.8} if label else {}, (1.0,), fitness, None,
        )  # fmt: skip
        evidence = np.eye(4, dtype=np.float32) if label else None
        return ViewAnswer(one.case, said, frame, evidence, {"normal": 0.0, "malignant": 0.25})


@pytest.fixture
def visits(services: Any, monkeypatch: pytest.MonkeyPatch) -> Visits:
    small = services.bundles[0]
    made = Visits(small.card)
    services.bundles.append(replace(small, name="visit", card=made.card))
    monkeypatch.setattr(exam, "read_exam", made.read)
    code = ContextEncoder(60, 10, ("Senograph", "Selenia"))
    monkeypatch.setattr(exam_models, "context", lambda _found: code)
    return made


@pytest.fixture
def page(app: AppTest, visits: Visits) -> AppTest:
    app.run()
    app.switch_page("pages/1_Diagnose.py").run()
    app.selectbox(key="case.model.sample").select("visit").run()
    assert not app.exception
    return app


@pytest.fixture
def exam_page(page: AppTest, services: Any, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    files = tuple((f"{n}.png", f"image {n}".encode()) for n in ("r_cc", "l_cc", "l_mlo"))
    monkeypatch.setattr(exam_reading, "sample_exam", lambda: files)
    nameless = replace(services.preview(b"image", ""), facts=ImageFacts("PNG", 192, 160, 8))
    monkeypatch.setattr(diagnose, "preview", lambda data, name: nameless)
    page.get("button_group")[0].set_value("An exam").run()
    page.selectbox(key="case.model").select("visit").run()
    page.button(key="exam.sample").click().run()
    return page


def test_a_model_for_exams_is_offered_after_those_for_images(page: AppTest) -> None:
    assert page.selectbox(key="case.model.sample").options == [
        "Small test network",
        "Small test network (reads whole exams)",
    ]


def test_an_exam_is_answered_for_patient_breasts_and_view(
    exam_page: AppTest, visits: Visits, said: Said
) -> None:
    exam_page.button(key="exam.read").click().run()
    assert not exam_page.exception
    views, told = visits.asked[0]
    assert [name for name, _, _ in views] == ["r_cc.png", "l_cc.png", "l_mlo.png"]
    assert told == {}
    text = said(exam_page)
    assert "Malignant, 80.0%" in text
    assert "Left breast: Malignant, 80.0%** (2 views)" in text
    assert "Right breast: Malignant, 80.0%** (1 view)" in text
    assert "Not known to it: density and machine." in text
    assert "25.0% lay in this view" in text
    assert exam_page.selectbox(key="exam.target").value == "malignant"


def test_what_is_known_can_be_said_and_asks_for_another_reading(
    exam_page: AppTest, visits: Visits, said: Said
) -> None:
    exam_page.button(key="exam.read").click().run()
    density = next(one for one in exam_page.selectbox if one.label == "Breast density")
    density.select("C").run()
    assert "Ask it again" in said(exam_page)
    assert "Left breast: Malignant" not in said(exam_page)
    exam_page.button(key="exam.read").click().run()
    exam_page.button(key="exam.read").click().run()
    assert [told for _, told in visits.asked] == [{}, {"density": "C"}]


def test_a_single_image_is_an_exam_of_one_view(page: AppTest, visits: Visits, said: Said) -> None:
    assert "meant for exams of several views" in said(page)
    page.button(key="case.analyse").click().run()
    assert not page.exception
    assert [name for name, _, _ in visits.asked[0][0]] == ["A round spot"]
    assert "no view of the right breast" in said(page)


def test_doubts_stand_above_the_answer_and_what_is_no_mammogram_gets_none(
    page: AppTest, visits: Visits, said: Said
) -> None:
    visits.fitness = UNLIKE
    page.button(key="case.analyse").click().run()
    assert any("looks unlike the others" in one.value for one in page.warning)
    visits.readable = False
    page.selectbox(key="case.sample").select("quiet").run()
    page.button(key="case.analyse").click().run()
    assert not page.exception
    assert "No answer" in said(page)
    assert "It is blank." in said(page)
