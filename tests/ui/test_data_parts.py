"""Small parts of the Data page: charts in the classes' colours, words escaped, ranges cut fine."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from core.datasets.progress import PrepareState, Progress
from core.domain.preprocess import PreprocessSpec, StepSpec
from ui import charts, charts_data
from ui.data import command, look, work
from ui.data.bench_draft import Draft
from ui.data.step_widgets import fine

TITLES = {"normal": "Normal", "malignant": "Malignant"}
COUNTS = pd.DataFrame({"normal": [3, 0], "malignant": [1, 4]}, index=["CC", "MLO"])


def test_stacked_bars_wear_the_colours_of_their_classes() -> None:
    chart = charts_data.stacked_bars(COUNTS, TITLES)
    assert [bar.name for bar in chart.data] == ["Normal", "Malignant"]
    assert [bar.marker.color for bar in chart.data] == [
        charts.class_colour("normal"),
        charts.class_colour("malignant"),
    ]
    assert list(chart.data[0].y) == ["MLO", "CC"]
    assert list(chart.data[0].x) == [0, 3]


def test_shares_make_every_bar_whole() -> None:
    chart = charts_data.stacked_bars(COUNTS, TITLES, shares=True)
    assert np.allclose(sum(np.array(bar.x) for bar in chart.data), 1)


def test_a_bar_without_images_is_empty_and_no_fault() -> None:
    empty = COUNTS.assign(normal=0, malignant=0)
    chart = charts_data.stacked_bars(empty, TITLES, shares=True)
    assert all(np.allclose(bar.x, 0) for bar in chart.data)


def test_columns_of_a_histogram_stand_over_their_bins() -> None:
    counts = pd.DataFrame({"normal": [2], "malignant": [1]}, index=[40.0])
    chart = charts_data.histogram(counts, 5.0, TITLES, "Age in years")
    assert chart.data[0].x[0] == 42.5
    assert chart.data[0].customdata[0] == "40 to under 45"
    assert chart.layout.xaxis.title.text == "Age in years"


@pytest.mark.parametrize("count", [1, 2, 8, 20])
def test_pieces_never_run_out_of_colours(count: int) -> None:
    counts = pd.DataFrame([[1] * count] * 3, columns=[f"M{n}" for n in range(count)])
    chart = charts_data.pieces(counts)
    assert len(chart.data) == count
    assert all(bar.marker.color for bar in chart.data)


@pytest.mark.parametrize(
    "make",
    [
        lambda: charts_data.class_bars({"normal": 0}, {"normal": 0}, TITLES),
        lambda: charts_data.stacked_bars(COUNTS, TITLES),
        lambda: charts_data.size_bubbles(
            pd.DataFrame({"source_columns": [100], "source_rows": [200], "images": [3]})
        ),
    ],
)
def test_every_axis_that_counts_is_labelled(make: Callable[[], go.Figure]) -> None:
    assert make().layout.xaxis.title.text


def test_long_names_are_broken_once_near_their_middle() -> None:
    assert charts_data.wrapped("CC") == "CC"
    assert charts_data.wrapped("benign without any callback") == "benign without<br>any callback"
    assert "<br>" not in charts_data.wrapped("x" * 60)


@pytest.mark.parametrize(("low", "high", "step"), [(0, 1, 0.01), (0, 0.5, 0.001), (0, 50, 0.1)])
def test_sliders_have_round_steps(low: float, high: float, step: float) -> None:
    assert fine(low, high) == pytest.approx(step)
    assert fine(2, 2) > 0


def test_what_comes_from_files_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr("streamlit.html", drawn.append)
    evil = "<script>alert(1)</script>"
    look.table((evil,), [(evil,)], evil)
    look.facts({evil: evil})
    look.legend({evil: evil})
    drawn.append(look.figure("data:,", evil, evil))
    assert len(drawn) == 4
    assert not any("<script>" in text for text in drawn)


def test_commands_are_quoted_as_a_shell_wants_them() -> None:
    assert command.line(("verify", "folder", "/my images", 0.15, 3)) == (
        "python -m core verify folder '/my images' 0.15 3"
    )


def progress(**known: Any) -> Progress:
    return Progress(PrepareState.RUNNING, **known)


def test_how_far_work_is_says_amount_speed_and_time() -> None:
    far = work.how_far(
        progress(done=30, total=1200, per_second=3.25, seconds_left=360, quarantined=2), "Reading"
    )
    assert far == "Reading, 30 of 1,200, 3.25 a second, about 6 minutes left, 2 could not be read"
    assert work.how_far(progress()) == "Looking at what there is"
    assert "left" not in work.how_far(progress(done=5, total=5, per_second=1, seconds_left=0))


def test_a_draft_of_a_preprocessing_is_that_preprocessing_until_changed() -> None:
    spec = PreprocessSpec(
        "x", (StepSpec("clahe", {"clip": 3.0}), StepSpec("stretch")), 96, 64, None, False, 16
    )
    draft = Draft.of(spec)
    assert draft.spec() == spec
    first, second = draft.steps
    draft.move(second.uid, -1)
    assert [one.step for one in draft.spec().steps] == ["stretch", "clahe"]
    draft.move(second.uid, -1)
    assert draft.steps[0] is second
    first.on = False
    assert [one.step for one in draft.spec("y").steps] == ["stretch"]
    draft.remove(second.uid)
    draft.add("pad")
    assert [one.step for one in draft.steps] == ["clahe", "pad"]
    assert spec.steps[0].params == {"clip": 3.0}
