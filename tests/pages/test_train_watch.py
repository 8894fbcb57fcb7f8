"""Watching and comparing runs: what is said, what is kept, and that nothing breaks a page."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.domain.runs import RunState
from core.services import remembered, run_log, run_notes
from tests.training.fake_runs import write_run

Say = Callable[[AppTest], str]

TABLE = """
from ui.train import runs_table
import streamlit as st
st.session_state["opened"] = runs_table.show()
"""
WATCH = """
from ui.train.watch import view
import streamlit as st
view.show(st.session_state["run"])
"""
COMPARE = """
from ui.train.compare import view
view.show()
"""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def page(script: str, **state: object) -> AppTest:
    app = AppTest.from_string(script, default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def test_without_runs_the_next_step_is_offered(workspace: Path, said: Say) -> None:
    app = page(TABLE)
    assert app.session_state["opened"] is None
    assert "No run has been started yet" in said(app)
    assert [button.label for button in app.button] == ["Put a run together"]
    assert "nothing to compare yet" in said(page(COMPARE))


def test_the_newest_run_is_open_until_another_is_picked(workspace: Path) -> None:
    write_run(workspace, "20260101-100000", title="older")
    write_run(workspace, "20260102-100000", title="newer")
    app = page(TABLE)
    assert app.session_state["opened"] == "20260102-100000"
    assert app.dataframe[0].value["Run"].tolist() == ["newer", "older"]
    app.session_state["train.table.rows"] = {"selection": {"rows": [1]}}
    app.run()
    assert app.session_state["opened"] == "20260101-100000"


def test_a_new_run_on_top_does_not_shift_what_is_open(workspace: Path) -> None:
    for day in (1, 2):
        write_run(workspace, f"2026010{day}-100000")
    app = page(TABLE)
    app.session_state["train.table.rows"] = {"selection": {"rows": [1]}}
    app.run()
    write_run(workspace, "20260103-100000")
    app.run()
    assert app.session_state["opened"] == "20260101-100000"
    assert app.session_state["train.table.rows"]["selection"]["rows"] == [2]


def test_a_second_click_leaves_the_open_run_marked(workspace: Path) -> None:
    write_run(workspace, "20260101-100000")
    app = page(TABLE)
    app.session_state["train.table.rows"] = {"selection": {"rows": []}}
    app.run()
    assert app.session_state["opened"] == "20260101-100000"
    assert app.session_state["train.table.rows"]["selection"]["rows"] == [0]


def test_searching_shows_less_and_keeps_the_open_run(workspace: Path, said: Say) -> None:
    write_run(workspace, "20260101-100000", title="alpha")
    write_run(workspace, "20260102-100000", title="beta")
    app = page(TABLE)
    app.text_input[0].set_value("alpha").run()
    assert app.dataframe[0].value["Run"].tolist() == ["alpha"]
    assert "1 of 2 runs" in said(app)
    assert app.session_state["opened"] == "20260102-100000"


def test_folds_and_trials_can_be_left_out(workspace: Path) -> None:
    write_run(workspace, "20260101-100000", title="alone")
    write_run(workspace, "20260102-100000", title="fold 1", origin={"group": "five", "fold": 1})
    app = page(TABLE)
    assert len(app.dataframe[0].value) == 2
    app.toggle[0].set_value(True).run()
    assert app.dataframe[0].value["Run"].tolist() == ["alone"]
    assert app.session_state["opened"] == "20260102-100000"


def test_a_live_run_is_answered_with_progress_and_what_it_takes(workspace: Path, said: Say) -> None:
    write_run(workspace, "20260101-100000", (0.6, 0.7), state=RunState.RUNNING, title="mine")
    app = page(WATCH, run="20260101-100000")
    words = said(app)
    assert "It is learning." in words
    assert "Best validation AUC: 0.700, in epoch 2 of 10." in words
    assert "Epoch 3 of 10, about 16 seconds left" in words
    assert "Learning, step 5 of 20" in words
    assert "Images a second" in words
    assert "Memory" in words
    titles = [text for text in words.splitlines() if text.startswith("**")]
    assert titles[:3] == ["**Loss**", "**AUC**", "**Accuracy**"]


def test_the_run_is_named_and_a_failed_one_stands_out(workspace: Path, said: Say) -> None:
    folder = write_run(workspace, "20260101-100000", state=RunState.FAILED, title="<b>A & B</b>")
    words = said(page(WATCH, run=folder.id))
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;, 20260101-100000" in words
    assert "mood-bad" in words


@pytest.mark.parametrize("name", ["no-such-run", "../../etc", ""])
def test_a_run_that_is_gone_is_a_sentence(workspace: Path, said: Say, name: str) -> None:
    assert "any more" in said(page(WATCH, run=name))


@pytest.mark.parametrize("file", ["config.json", "state.json", "history.csv", "batches.csv"])
@pytest.mark.parametrize("text", ["", "{", "\x00,\x01\n1"])
def test_no_spoilt_file_breaks_a_page(workspace: Path, file: str, text: str) -> None:
    folder = write_run(workspace, "20260101-100000")
    write_run(workspace, "20260101-100001")
    (folder.path / file).write_text(text)
    for script in (TABLE, COMPARE, WATCH):
        assert not page(script, run=folder.id).error


def test_the_log_is_read_only_when_it_is_looked_at(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    folder = write_run(workspace, "20260101-100000")
    monkeypatch.setattr(run_log, "tail", lambda _: pytest.fail("read though closed"))
    page(WATCH, run=folder.id)
    monkeypatch.setattr(run_log, "tail", lambda _: ["<first>", "last"])
    app = page(WATCH, run=folder.id, **{"train.watch.log": True})
    assert "last\n&lt;first&gt;" in said(app)


def test_a_note_is_kept_with_the_run(workspace: Path) -> None:
    folder = write_run(workspace, "20260101-100000")
    app = page(WATCH, run=folder.id)
    app.text_area[0].set_value("Start from here")
    next(one for one in app.button if one.label == "Keep the note").click()
    app.run()
    assert run_notes.read(folder.path).note == "Start from here"


def test_runs_are_compared_by_settings_curves_and_repeats(workspace: Path, said: Say) -> None:
    for seed in (0, 1):
        write_run(workspace, f"20260101-10000{seed}", (0.6, 0.8 + seed / 10), seed=seed)
    write_run(workspace, "20260101-100002", (0.5, 0.7), learning_rate=0.01, title="fast")
    app = page(COMPARE)
    assert app.dataframe[0].value["AUC"].tolist() == [0.7, 0.9, 0.8]
    words = said(app)
    assert "3 runs, 3 picked" in words
    assert "0.850 ± 0.0707 (0.800 to 0.900)" in words
    next(one for one in app.toggle if one.label == "Settings that differ").set_value(True).run()
    table = app.dataframe[0].value
    assert table["learning_rate"].tolist() == ["0.01", "0.001", "0.001"]
    assert table["seed"].tolist() == ["0", "1", "0"]
    next(one for one in app.toggle if one.label == "Mean of repeats").set_value(True).run()
    assert not app.exception
    assert not app.error


def test_chosen_columns_are_remembered_for_the_next_visit(workspace: Path) -> None:
    write_run(workspace, "20260101-100000")
    app = page(COMPARE)
    next(one for one in app.multiselect if one.label == "Columns").set_value(["AUC", "Id"]).run()
    assert remembered.recall("compare.columns", []) == ["AUC", "Id"]
    assert list(page(COMPARE).dataframe[0].value.columns) == ["Run", "AUC", "Id"]


def test_a_broken_run_among_those_compared_is_a_sentence(workspace: Path, said: Say) -> None:
    good, bad = (write_run(workspace, f"20260101-10000{n}") for n in (0, 1))
    bad.config_file.write_text("{")
    app = page(COMPARE, **{"train.compare.chosen": [good.id, bad.id]})
    assert "cannot be read" in said(app)
    assert "2 runs, 2 picked" in said(app)
