"""Charts of training are figures plotly accepts, light, and alike from one look to the next."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from core.services.repeats import Band
from core.services.run_curves import MEASURES, Curve
from ui import charts_train
from ui.charts_train import Line
from ui.components import live_chart


def curve(count: int = 5) -> Curve:
    epochs = np.arange(1.0, count + 1)
    return Curve(epochs, 1 / epochs)


def line(place: int, *, validation: bool = True) -> Line:
    return Line(f"run{place}", f"Run {place}", place, validation, curve())


@pytest.mark.parametrize("measure", MEASURES)
def test_a_watched_chart_is_a_figure_with_units_and_the_best_epoch(measure: str) -> None:
    curves = {measure: curve(), f"validation_{measure}": curve()}
    figure = charts_train.watched(
        measure, curves, run="<b>odd</b>", live=curve(50), best=(2.0, 0.5), stages=[3.0]
    )
    drawn = go.Figure(figure)  # refuses what plotly does not know
    assert drawn.layout.xaxis.title.text == "Epoch"
    assert drawn.layout.yaxis.title.text == charts_train.title(measure)
    assert [trace.name for trace in drawn.data] == ["Live", "Training", "Validation", "Best"]
    assert len(drawn.layout.shapes) == 2
    assert drawn.layout.uirevision
    assert "&lt;b>odd" in drawn.layout.xaxis.unifiedhovertitle.text


def test_only_the_numbers_change_between_two_looks() -> None:
    """Else zoom and legend would be lost."""
    before, after = (charts_train.watched("loss", {"loss": curve(n)}, run="r") for n in (3, 4))
    assert before["layout"] == after["layout"]
    assert before["data"] != after["data"]


def test_a_chart_without_numbers_and_with_gaps_can_be_written() -> None:
    gap = Curve(np.array([1.0, 2.0]), np.array([np.inf, 0.5]))
    figure = charts_train.watched("loss", {"loss": gap}, run="r")
    assert json.loads(live_chart.written(figure))["data"][0]["y"] == [None, 0.5]
    assert live_chart.written(charts_train.watched("auc", {}, run="r"))


def test_runs_keep_colours_apart_and_a_legend_entry_is_a_run() -> None:
    lines = [line(place) for place in range(charts_train.MOST_LINES)]
    drawn = go.Figure(charts_train.compared("auc", [*lines, line(0, validation=False)]))
    looks = {(trace.line.color, trace.line.dash) for trace in drawn.data[:-1]}
    assert len(looks) == charts_train.MOST_LINES
    assert drawn.data[0].legendgroup == drawn.data[-1].legendgroup == "run0"
    assert drawn.data[-1].line.dash == "dot"
    assert drawn.layout.hovermode == "x unified"
    assert drawn.layout.legend.itemdoubleclick == "toggleothers"


def test_a_band_is_its_mean_within_one_deviation() -> None:
    epochs = np.array([1.0, 2.0])
    band = Band(epochs, np.array([0.5, 0.6]), np.array([0.1, 0.2]), np.array([3, 2]))
    area, mean = go.Figure(charts_train.compared("auc", [], [("Run", 0, True, band)])).data
    assert list(area.y) == pytest.approx([0.6, 0.8, 0.4, 0.4])
    assert list(mean.text) == ["3 runs", "2 runs"]
    assert area.legendgroup == mean.legendgroup
