"""Curves say what was measured: thinned, smoothed and averaged without changing the story."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.domain.runs import Best, RunState
from core.services import (
    curve_table,
    remembered,
    repeats,
    run_answer,
    run_curves,
    run_log,
    run_table,
)
from core.services.run_answer import Mood
from core.services.run_table import RunRow
from tests.training.fake_runs import write_run


def rows(workspace: Path) -> list[RunRow]:
    return run_table.rows()


def answered(workspace: Path, aucs: list[float], **more: object) -> run_answer.Answer:
    folder = write_run(workspace, "20260101-100000", aucs, **more)
    row = run_table.row(folder.id)
    assert row is not None
    return run_answer.answer(row, run_curves.history(folder.path))


def test_a_curve_keeps_its_bound_and_leaves_out_gaps(workspace: Path) -> None:
    folder = write_run(workspace, "20260101-100000", [0.5, float("nan"), 0.7])
    history = run_curves.history(folder.path)
    curve = run_curves.curve(history, "validation_auc")
    assert curve.epochs.tolist() == [1, 3]
    assert len(run_curves.curve(history, "validation_loss", most=2)) == 2
    assert len(run_curves.curve(history, "no such column")) == 0
    assert len(run_curves.curve(run_curves.steps(folder.path), "accuracy")) == 3


def test_smoothing_averages_neighbours_and_bends_no_straight_line() -> None:
    line = np.arange(20.0)
    assert run_curves.smoothed(line, 7) == pytest.approx(line)
    assert run_curves.smoothed(np.array([0.0, 3.0, 0.0, 3.0]), 3)[1] == pytest.approx(1.0)
    assert run_curves.smoothed(line, 1) is line
    assert run_curves.smoothed(np.array([5.0]), 9).tolist() == [5.0]


def test_runs_that_differ_in_their_seed_alone_are_repeats(workspace: Path) -> None:
    write_run(workspace, "20260101-100000", [0.6, 0.8], seed=0, title="one")
    write_run(workspace, "20260101-100001", [0.7, 0.9], seed=1, title="two")
    write_run(workspace, "20260101-100002", [0.5, 0.5], seed=0, learning_rate=0.1)
    alone, both = repeats.groups(rows(workspace))
    assert (len(alone.runs), both.seeds) == (1, (0, 1))
    tables = [run_curves.history(run.path) for run in both.runs]
    band = repeats.band(tables, "validation_auc")
    assert band.mean == pytest.approx([0.65, 0.85])
    assert band.spread == pytest.approx([np.std([0.6, 0.7], ddof=1)] * 2)
    assert band.count.tolist() == [2, 2]


def test_a_band_ends_where_only_one_run_goes_on(workspace: Path) -> None:
    write_run(workspace, "20260101-100000", [0.6, 0.8, 0.9], seed=0)
    write_run(workspace, "20260101-100001", [0.7], seed=1)
    tables = [run_curves.history(run.path) for run in rows(workspace)]
    assert repeats.band(tables, "validation_auc").epochs.tolist() == [1]
    assert len(repeats.band([], "validation_auc").epochs) == 0
    assert len(repeats.band(tables, "no such column").epochs) == 0


def test_a_figure_of_repeats_has_a_spread_only_from_two_on() -> None:
    found = repeats.figure([0.8, 0.9, float("nan")])
    assert found is not None
    assert (found.mean, found.count, found.low, found.high) == (pytest.approx(0.85), 2, 0.8, 0.9)
    one = repeats.figure([0.8])
    assert one is not None
    assert np.isnan(one.spread)
    assert repeats.figure([float("nan")]) is None


@pytest.mark.parametrize(
    ("aucs", "mood", "said"),
    [
        ([], Mood.NONE, "first epoch will tell"),
        ([0.6], Mood.NONE, "One epoch"),
        ([0.6, 0.7, 0.8], Mood.GOOD, "It is learning"),
        ([0.5, 0.52, 0.51], Mood.BAD, "coin toss"),
        ([0.9, 0.8, 0.7], Mood.UNSURE, "first epoch is still the best"),
        ([0.6, 0.9, *[0.8] * 6], Mood.UNSURE, "No gain for 6 epochs"),
    ],
)
def test_the_answer_follows_the_figures(
    workspace: Path, aucs: list[float], mood: Mood, said: str
) -> None:
    found = answered(workspace, aucs, state=RunState.RUNNING, losses=[0.5] * len(aucs))
    assert (found.mood, said in found.sentence) == (mood, True), found


@pytest.mark.parametrize(("images", "mood"), [(0, Mood.GOOD), (24, Mood.UNSURE), (400, Mood.GOOD)])
def test_few_validation_images_prove_little(workspace: Path, images: int, mood: Mood) -> None:
    folder = write_run(workspace, "20260101-100000", [0.55, 0.6, 0.66])
    (row,) = rows(workspace)
    judged = replace(row, judged_on=images)
    assert run_answer.answer(judged, run_curves.history(folder.path)).mood is mood


def test_of_equal_epochs_the_runs_own_choice_is_told(workspace: Path) -> None:
    folder = write_run(workspace, "20260101-100000", [0.6, 0.9, 0.9])
    own = replace(folder.status(), best=Best(3, "validation_auc", 0.9))
    folder.write_status(own, lasting=False)
    (row,) = rows(workspace)
    assert run_answer.answer(row, run_curves.history(folder.path)).epoch == 3


def test_learning_by_heart_is_told_from_noise(workspace: Path) -> None:
    epochs = np.arange(30)
    outside = 0.6 - 0.02 * np.minimum(epochs, 10) + 0.02 * np.maximum(epochs - 10, 0)
    folder = write_run(workspace, "20260101-100000", np.linspace(0.6, 0.9, 30).tolist(), epochs=30)
    lines = folder.history_file.read_text().splitlines()
    columns = lines[0].split(",")
    table = np.array([line.split(",") for line in lines[1:]], dtype=object)
    table[:, columns.index("validation_loss")] = outside
    table[:, columns.index("loss")] = 0.6 - 0.015 * epochs
    text = "\n".join([lines[0], *(",".join(map(str, row)) for row in table)])
    folder.history_file.write_text(text + "\n")
    (row,) = rows(workspace)
    found = run_answer.answer(row, run_curves.history(folder.path))
    assert (found.mood, "by heart" in found.sentence) == (Mood.UNSURE, True)


def test_every_curve_is_in_the_table_that_is_saved(workspace: Path) -> None:
    write_run(workspace, "20260101-100000", [0.6, 0.8], title="a, b")
    found = curve_table.long(rows(workspace))
    assert list(found.columns) == list(curve_table.COLUMNS)
    assert len(found) == 2 * (5 * 2 + 1)
    assert set(found["part"]) == {"training", "validation"}
    assert '"a, b"' in curve_table.csv(found)
    assert len(curve_table.long([])) == 0


def test_the_log_is_read_from_its_end_and_as_a_screen_shows_it(workspace: Path) -> None:
    folder = write_run(workspace, "20260101-100000")
    with folder.log_file.open("a") as file:
        file.write("x" * 100_000 + "\n10%\r50%\r100%\n\x1b[31mred\x1b[0m\n\n")
    assert run_log.tail(folder.path) == ["100%", "red"]
    folder.log_file.unlink()
    assert run_log.tail(folder.path) == []


def test_what_is_remembered_survives_and_spoils_nothing(workspace: Path) -> None:
    assert remembered.recall("columns", ["AUC"]) == ["AUC"]
    remembered.remember("columns", ["Loss"])
    remembered.remember("other", 3)
    assert remembered.recall("columns", ["AUC"]) == ["Loss"]
    assert remembered.recall("other", ["a list"]) == ["a list"]
    (workspace / "remembered.json").write_text("{")
    assert remembered.recall("columns", ["AUC"]) == ["AUC"]
