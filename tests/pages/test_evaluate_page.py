"""Evaluate answers, warns before it boasts, moves with its slider, and leads a newcomer on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import paths
from core.datasets.prepared import PreparedDataset
from core.services import background, case_notes, explaining, judgeable, judgement
from core.services.background import Errand
from core.services.catalogue import bundle
from tests.evaluation.world import SPEC, card, write_dataset
from ui.evaluate import memory
from ui.evaluate.memory import Pressed

ROOT = Path(__file__).resolve().parents[2]
Say = Callable[[AppTest], str]
SECTIONS = ("Figures", "Curves", "By class", "Cases", "Groups", "Heatmaps", "Report")


class Started:
    """Stands for background.start: what would have been begun."""

    def __init__(self) -> None:
        self.errands: list[Errand] = []

    def __call__(self, kind: str, about: str, title: str, errands: Any) -> None:
        self.errands = list(errands)

    @property
    def commands(self) -> list[str]:
        return [" ".join(errand.arguments) for errand in self.errands]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    fake = Started()
    monkeypatch.setattr(background, "start", fake)
    return fake


@pytest.fixture
def spots(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> PreparedDataset:
    """A dataset and two models whose answers need no network."""
    made = write_dataset()
    for name in ("seer", "weak"):
        folder = paths.models() / name
        folder.mkdir(parents=True)
        (folder / "model.keras").write_bytes(name.encode())
        (folder / "card.json").write_text(card(name, made).to_json())
    monkeypatch.setattr(judgement, "answers", answers)
    monkeypatch.setattr(judgeable, "missing_answers", lambda *_: 0)
    monkeypatch.setattr(explaining, "is_warm", lambda _found: True)
    monkeypatch.setattr(explaining, "maps", no_maps)
    return made


def answers(item: Any, data: PreparedDataset, rows: Any, *_: object) -> Any:
    """Bright spots speak for cancer; the weak model hardly looks."""
    peaks = np.sort(np.asarray(data.images)[rows].reshape(len(rows), -1), axis=1)[:, -12:]
    noise = np.random.default_rng(1).normal(0, 40 if item.name == "weak" else 1, len(rows))
    return ((peaks.mean(axis=1) + noise - 125) / 20)[:, None]


def no_maps(found: Any, rows: Any, targets: Any, method: str = "") -> Any:
    return np.zeros((len(rows), 32, 32), np.float32), [True] * len(rows)


def opened(
    monkeypatch: pytest.MonkeyPatch,
    *models: str,
    dataset: str = "spots",
    view: str = "",
    **kept: Any,
) -> AppTest:
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()
    st.cache_data.clear()
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.switch_page("pages/2_Evaluate.py")
    app.session_state[memory.MODELS] = list(models)
    app.session_state[memory.DATASET] = dataset
    if view:
        app.session_state[memory.SECTION] = view
    for name, value in kept.items():
        app.session_state[name] = value
    return app.run()


def metric(app: AppTest, label: str) -> str:
    return next(str(m.value) for m in app.metric if m.label == label)


def press(app: AppTest, label: str) -> AppTest:
    return next(b for b in app.button if b.label == label).click().run()


def test_a_newcomer_reaches_figures_with_one_click(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, started: Started, said: Say
) -> None:
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.switch_page("pages/2_Evaluate.py").run()
    assert "Nothing has been evaluated yet" in said(app)
    press(app, "Try the model on a new phantom set")
    draw, evaluate = started.commands
    assert draw.startswith("phantom --patients 60")
    assert evaluate.startswith("evaluate four-class-phantom --folder")
    assert evaluate.endswith("--name phantom-cases")


def test_the_answer_names_the_set_and_every_figure_has_its_interval(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    app = opened(monkeypatch, "seer")
    words = said(app)
    assert "Measured on 60 images of 30 patients: spots, test (split default)" in words
    assert "says nothing about real patients" in words
    assert "always “no cancer”:" in words
    assert re.search(r"with \d+\.\d% positive", words)
    assert "Synthetic data" in words
    assert words.count("95%: ") >= 5
    assert not app.exception


def test_warnings_stand_above_every_figure(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    app = opened(monkeypatch, "seer")
    part = next(box for box in app.selectbox if box.label == "Images")
    part.select("train").run()
    assert any("Images the model was trained on" in str(e.value) for e in app.error)
    assert "Not as it stands: images the model was trained on" in said(app)
    kinds = [node.type for node in app.main]
    assert kinds.index("error") < kinds.index("metric")


def test_the_slider_moves_every_figure_and_says_that_test_cases_were_looked_at(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(monkeypatch, "seer")
    before = {m.label: m.value for m in app.metric}
    app.slider[0].set_value(0.05).run()
    after = {m.label: m.value for m in app.metric}
    assert float(after["Sensitivity"]) > float(before["Sensitivity"])
    assert float(after["Specificity"]) < float(before["Specificity"])
    assert after["AUC"] == before["AUC"]
    assert any("Moved by hand while looking at these cases" in str(w.value) for w in app.warning)
    app.slider[0].set_value(0.5).run()
    assert {m.label: m.value for m in app.metric} == before
    assert not app.warning


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_drawn(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, said: Say, section: str
) -> None:
    app = opened(monkeypatch, "seer", view=section)
    assert not app.exception
    assert not app.error
    expected = {
        "Figures": "Figures marked * follow the share of positives",
        "Curves": "Decision curve",
        "By class": "Published: ",
        "Cases": "Press an image to see it large",
        "Groups": "Largest gap",
        "Heatmaps": "Nobody has put this model's heatmaps",
        "Report": "One file with everything on this page",
    }
    assert expected[section] in said(app)


def test_a_pressed_cell_shows_its_images_sorted_by_confidence(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    app = opened(monkeypatch, "seer", view="Cases")
    found = judgement.judge("seer", "spots").cases()
    missed = found[(found["class"] == "cancer") & (found["answer"] == "negative")]
    app.session_state[memory._FILTER] = Pressed("cancer", "negative", None, "Cancer called no")
    app.run()
    assert f"**{len(missed)} image" in said(app)
    assert next(b for b in app.selectbox if b.label == "Order").value == "sure"
    press(app, "Show all cases again")
    wrong = int((~found["correct"]).sum())
    assert f"**{wrong} image" in said(app)


def test_only_images_on_the_screen_get_heatmaps(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def count(found: Any, rows: Any, targets: Any, method: str = "") -> Any:
        asked.append(len(rows))
        return no_maps(found, rows, targets)

    monkeypatch.setattr(explaining, "maps", count)
    opened(monkeypatch, "weak", view="Figures")
    assert asked == []
    opened(monkeypatch, "weak", view="Cases")
    assert sum(asked) <= 12


def test_two_models_are_compared_on_the_same_cases(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    app = opened(monkeypatch, "seer", "weak", view="Compare")
    words = said(app)
    assert not app.exception
    assert "AUC: seer is better" in words
    assert "DeLong" in words
    assert "McNemar" in words


def test_a_rule_is_chosen_on_validation_and_kept_on_the_card(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(monkeypatch, "seer")
    rule = next(b for b in app.button if b.label.startswith("Find at least 90%"))
    rule.click().run()
    keep = next(b for b in app.button if b.label.startswith("Keep "))
    assert not keep.disabled
    keep.click().run()
    point = bundle("seer").card.operating_point
    assert point.chosen_on == "validation part of spots"
    assert point.reason == "Find at least 90%."
    assert app.slider[0].value == pytest.approx(point.threshold, abs=0.001)


def test_missing_answers_are_asked_in_the_background(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, started: Started, said: Say
) -> None:
    monkeypatch.setattr(judgeable, "missing_answers", lambda *_: 60)
    app = opened(monkeypatch, "seer")
    assert "must answer 60 images first" in said(app)
    press(app, "Evaluate")
    expected = "evaluate seer --dataset spots --split default --part test"
    assert started.commands == [expected]


def test_a_set_made_for_another_model_is_offered_again(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, started: Started, said: Say
) -> None:
    from dataclasses import replace

    write_dataset("wide", spec=replace(SPEC, height=64))
    app = opened(monkeypatch, "seer", dataset="wide")
    assert "prepared in another way" in said(app)
    press(app, "Prepare it for this model, and evaluate")
    assert started.commands == ["evaluate seer --dataset wide --prepare-again"]


def test_a_folder_of_ones_own_is_prepared_and_evaluated(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, started: Started, tmp_path: Path
) -> None:
    app = opened(monkeypatch, "seer")
    press(app, "New images")
    folder = tmp_path / "New Films"
    next(t for t in app.text_input if t.label == "Folder on the server").set_value(
        str(folder)
    ).run()
    press(app, "Prepare and evaluate")
    assert any("There is no folder" in str(e.value) for e in app.error)
    folder.mkdir()
    press(app, "Prepare and evaluate")
    (command,) = started.commands
    assert command.endswith(f"--folder {folder} --name new-films")


def test_a_model_that_cannot_answer_the_sets_question_is_told_in_a_sentence(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(monkeypatch, "seer", dataset="spots")
    monkeypatch.setattr(
        judgeable, "cases_of", lambda *_, **__: (_ for _ in ()).throw(judgeable.ConfigError("No."))
    )
    app.run()
    assert [str(w.value) for w in app.warning] == ["No."]
    assert not app.exception


def test_notes_on_a_case_are_part_of_the_exported_cases(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    found = judgement.judge("seer", "spots").cases()
    case_notes.write("spots", str(found["image_id"].iloc[0]), flag="poor image", note="Blurred.")
    app = opened(monkeypatch, "seer", view="Cases")
    next(b for b in app.selectbox if b.label == "Which").select("noted").run()
    assert "**1 image**" in said(app)


@pytest.mark.parametrize(("patients", "seed"), [(1, 0), (1, 2), (3, 1)])
def test_few_or_one_sided_cases_give_sentences_in_every_section(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, said: Say, patients: int, seed: int
) -> None:
    write_dataset("tiny", patients, seed=seed)
    for section in SECTIONS:
        app = opened(monkeypatch, "seer", dataset="tiny", view=section)
        assert not app.exception, section
        assert not [e for e in app.error if "Something went wrong" in str(e.value)], section
    assert f"of {patients} patient" in said(app)


def test_near_duplicates_are_searched_for_by_a_click(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, started: Started
) -> None:
    press(opened(monkeypatch, "seer"), "Search for near-duplicates")
    assert started.commands == ["leakage spots"]
    write_dataset("other", seed=5)
    press(opened(monkeypatch, "seer", dataset="other"), "Search for near-duplicates")
    assert started.commands == ["evaluate seer --dataset other --part all --search-copies"]


@pytest.mark.parametrize("section", ["Groups", "Cases"])
def test_a_choice_that_is_offered_no_more_is_forgotten(
    spots: PreparedDataset, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    gone = {"focus": "removed", "groups.figure": "macro_auc", "cases.truth": "benign"}
    kept: dict[str, Any] = {memory.key(name): value for name, value in gone.items()}
    kept[memory._FILTER] = Pressed("benign", "cancer", None, "Benign called cancer")
    app = opened(monkeypatch, "seer", "weak", view=section, **kept)
    assert not app.exception
    assert not app.error
