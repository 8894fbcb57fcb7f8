"""Cross-validation, tuning, publishing and export: begun, watched and used from the page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.datasets.prepared import open_prepared
from core.domain.card import Interval
from core.domain.groups import CrossResult, FoldFigures, Spread
from core.domain.runs import RunState, RunStatus
from core.domain.tuning import Parameter, Trial
from core.errors import InputError
from core.services import (
    background,
    crossval,
    export,
    groups,
    out_of_fold,
    presets,
    publish_group,
    publishing,
    runs,
    studies,
)
from core.services.background import Errand
from core.services.export import Exported
from core.training import dispatcher
from core.training.config import resolve
from ui import charts_crossval, charts_tuning
from ui.train.crossval import found

ROOT = Path(__file__).resolve().parents[2]
Say = Callable[[AppTest], str]
Visit = Callable[..., AppTest]
SPACE = (
    Parameter("learning_rate", (), 1e-4, 1e-2, log=True),
    Parameter("batch_size", (2, 4)),
    Parameter("model.head.dropout", (), 0.0, 0.5),
)


@pytest.fixture
def visit(phantom_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    monkeypatch.setattr(dispatcher, "ensure", lambda: None)
    data = open_prepared("small")
    data.index["class"] = np.resize(data.info.classes, len(data.index))
    data.index.to_parquet(data.path / "index.parquet", index=False)

    def opened(**parameters: str) -> AppTest:
        monkeypatch.chdir(ROOT)
        st.cache_resource.clear()
        st.cache_data.clear()
        page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        page.switch_page("pages/3_Train.py")
        for name, value in parameters.items():
            page.query_params[name] = value
        return page.run()

    return opened


@pytest.fixture
def finished(visit: Visit) -> str:
    """A run that has ended, as far as its folder tells."""
    config = resolve(open_prepared("small"), settings={"epochs": 1, "title": "Small"})
    folder = runs.create(config)
    folder.write_status(RunStatus(RunState.FINISHED, epoch=1, epochs=1))
    folder.model_file.write_bytes(b"")
    return folder.id


def press(page: AppTest, label: str) -> AppTest:
    return next(one for one in page.button if one.label == label).click().run()


def errors(page: AppTest) -> list[str]:
    assert not page.exception
    return [one.value for one in page.error]


def test_a_cross_validation_is_begun_stopped_and_resumed_from_the_page(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(background, "start", lambda *asked: started.append(asked))
    page = visit(room="Cross-validation")
    assert errors(page) == []
    page.number_input(key="train.crossval.folds").set_value(2).run()
    page = press(page, "Start cross-validation")
    assert errors(page) == []
    (name,) = groups.names()
    # Nobody has looked for copies yet, which takes a process of its own.
    assert started[0][3][0].arguments == ("crossval", name, "--go-on")
    crossval.go_on(name)
    page = visit(room="Cross-validation")
    assert "0 of 2 folds finished" in str(page.get("progress")[0].proto)
    page = press(page, "Stop")
    assert crossval.describe(groups.read(name))["state"] == "stopped"
    page = press(page, "Go on")
    assert crossval.describe(groups.read(name))["state"] == "queued"
    assert errors(page) == []


def test_nonsense_is_refused_beside_the_button(visit: Visit) -> None:
    page = visit(room="Cross-validation")
    page.number_input(key="train.crossval.folds").set_value(50).run()
    page = press(page, "Start cross-validation")
    assert "50 folds cannot be made" in errors(page)[0]
    assert not groups.names()


def test_what_the_folds_found_is_said_first(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    config = resolve(open_prepared("small"), settings={"epochs": 1, "leakage_check": False})
    group = crossval.go_on(crossval.plan(config, folds=2).id)
    for item in group.runs:
        groups.run_folder(item.run).write_status(RunStatus(RunState.FINISHED, epoch=1))
    result = CrossResult(
        True,
        16,
        4,
        0.5,
        ("malignant",),
        (FoldFigures(0, 1, "r", 8, 2, 0.5, {"auc": 0.7}),),
        {"auc": Spread(0.71, 0.05, 0.66, 0.76, 2)},
        {"auc": Interval(0.7, 0.6, 0.8, 16)},
        {},
        ("Few patients.",),
    )
    monkeypatch.setattr(out_of_fold, "result", lambda group, resamples: result)
    page = visit(room="Cross-validation")
    assert errors(page) == []
    assert "AUC 0.710 ± 0.0500" in said(page)
    assert "0.700** (0.600 to 0.800)" in said(page)
    assert "16 cases of 4 patients" in said(page)
    assert "Few patients." in said(page)


def test_a_finished_cross_validation_is_published_as_one_model(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    config = resolve(open_prepared("small"), settings={"epochs": 1, "leakage_check": False})
    group = crossval.go_on(crossval.plan(config, folds=2, title="Both").id)
    for item in group.runs:
        groups.run_folder(item.run).write_status(RunStatus(RunState.FINISHED, epoch=1))
    monkeypatch.setattr(found, "show", lambda name, finished: None)
    monkeypatch.setattr(publish_group, "check", lambda group: None)
    errands: list[Errand] = []
    monkeypatch.setattr(
        background, "start", lambda kind, about, title, work: errands.append(work[0])
    )
    page = visit(room="Cross-validation")
    assert errors(page) == []
    assert "The 2 networks then answer together" in said(page)
    by_label = {one.label: one for one in page.text_input}
    assert by_label["Title"].value == "Both"
    by_label["Name"].set_value("both")
    page = press(page, "Publish")
    assert errors(page) == []
    assert errands[-1].arguments[:3] == ("publish", group.id, "both")


def test_a_study_is_begun_with_the_space_of_its_recipe(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(studies, "go_on", lambda name, **asked: begun.append((name, asked)))
    page = visit(room="Tuning")
    assert errors(page) == []
    page.text_input(key="train.tune.name").set_value("first").run()
    page.number_input(key="train.tune.trials").set_value(3).run()
    page = press(page, "Start the study")
    assert errors(page) == []
    assert begun == [("first", {"workers": 1})]
    plan = studies.plan("first")
    assert (plan.trials, plan.pruner) == (3, "median")
    assert plan.space[0].log
    assert {one.key for one in plan.space} >= {"model.head.dropout", "batch_size"}
    page = visit(room="Tuning")
    page.selectbox(key="train.tune.study").select("").run()
    page.text_input(key="train.tune.name").set_value("first").run()
    page = press(page, "Start the study")
    assert "already" in errors(page)[0]


TRIALS = [
    Trial(
        number,
        "pruned" if number == 2 else "complete",
        0.6 + 0.05 * number,
        {"learning_rate": 10.0 ** -(2 + number / 4), "batch_size": 2 + number % 2 * 2}
        | {"model.head.dropout": 0.1 * number},
        {1: 0.5},
        run="r",
    )
    for number in range(5)
]


def test_the_best_of_a_study_is_said_and_used(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    config = resolve(open_prepared("small"), settings={"epochs": 1})
    studies.create("s", config, SPACE, trials=5)
    monkeypatch.setattr(studies, "trials", lambda name: TRIALS)
    monkeypatch.setattr(studies, "importance", lambda name: {"learning_rate": 0.8})
    page = visit(room="Tuning")
    assert errors(page) == []
    assert "Best validation AUC: 0.800" in said(page)
    assert "5 of 5 trials" in str(page.get("progress")[0].proto)
    assert len(page.get("plotly_chart")) == 4
    page.text_input(key="train.tune.best.name").set_value("good").run()
    page = press(page, "Keep it")
    assert presets.load("good").batch_size == 2
    page = press(page, "Begin a run with it")
    assert errors(page) == []
    assert page.session_state["room"] == "New run"


def test_a_run_is_published_with_the_words_of_a_person(
    visit: Visit, finished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    errands: list[Errand] = []
    monkeypatch.setattr(
        background, "start", lambda kind, about, title, work: errands.append(work[0])
    )
    page = visit(room="Runs", run=finished)
    page.session_state["train.part"] = "Publish"
    page = page.run()
    assert errors(page) == []
    page.text_input[-2].set_value("Not A Name")
    page = press(page, "Publish")
    assert "small letters" in errors(page)[0]
    by_label = {one.label: one for one in [*page.text_input, *page.text_area]}
    by_label["Name"].set_value("mine")
    by_label["Further limitations"].set_value("One scanner.\nOld films.")
    page = press(page, "Publish")
    assert errors(page) == []
    said = errands[-1].arguments
    assert said[:3] == ("publish", finished, "mine")
    assert "--limitation=One scanner." in said
    assert "--limitation=Old films." in said
    with pytest.raises(InputError, match="queued"):
        publishing.start(runs.create(runs.configuration(finished)).id, "x", publishing.CardTexts())


def test_formats_say_what_they_need_and_what_was_written(
    visit: Visit, finished: str, monkeypatch: pytest.MonkeyPatch, said: Say, tmp_path: Path
) -> None:
    file = tmp_path / "n.keras"
    file.write_bytes(b"x")
    made = Exported(finished, "keras", str(file), 1, 2e-7, 16, "images of small", 1.0, 0.0)
    monkeypatch.setattr(export, "exported", lambda name: [made])
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(export, "start", lambda *names: asked.append(names))
    page = visit(room="Runs", run=finished)
    page.session_state["train.part"] = "Export"
    page = page.run()
    assert errors(page) == []
    assert "differ by at most 2e-07 on 16 images (images of small)" in said(page)
    page.button(key="train.export.litert").click().run()
    assert asked == [(finished, "litert")]


def test_charts_show_every_kind_of_setting() -> None:
    figure = charts_tuning.parallel(TRIALS, SPACE, "validation_auc", "AUC")
    axes = {one["label"]: one for one in figure.data[0].dimensions}
    assert list(axes["learning rate"]["ticktext"]) == ["0.0001", "0.001", "0.01"]
    assert list(axes["batch size"]["ticktext"]) == ["2", "4"]
    assert len(axes["AUC"]["values"]) == 4
    course = charts_tuning.history(TRIALS, "validation_loss", "loss")
    assert list(course.data[2].y) == pytest.approx([0.6, 0.6, 0.6, 0.6])
    listed = charts_tuning.slices(TRIALS, SPACE[1], "AUC")
    assert listed.layout.xaxis.type == "category"
    folds = charts_crossval.folds(["auc"], {"auc": [("fold 1", 0.7)]}, {})
    assert folds.data[0].customdata == ("fold 1",)
