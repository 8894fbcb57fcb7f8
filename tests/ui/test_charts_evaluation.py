"""Charts of an evaluation keep their colours, mark the threshold, and can be pressed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.domain.evaluation import Evaluation
from tests.evaluation.conftest import draw_cases
from tests.evaluation.test_report import evaluation
from ui import charts_evaluation as charts
from ui import charts_scores
from ui.charts_confusion import confusion, group_dots
from ui.charts_frame import Line, model_colour


@pytest.fixture(scope="module")
def one() -> Evaluation:
    return evaluation(draw_cases(0), "one")


@pytest.fixture(scope="module")
def two() -> Evaluation:
    return evaluation(draw_cases(1), "two")


def line(found: Evaluation, threshold: float = 0.4) -> Line:
    return Line(found.judged.model, found, threshold, found.figures)


def test_a_model_has_one_colour_on_every_chart(one: Evaluation, two: Evaluation) -> None:
    lines = [line(one), line(two)]
    for draw in (
        charts.roc,
        charts.precision_recall,
        charts_scores.calibration,
        charts_scores.decision,
    ):
        chart = draw(lines)
        assert chart is not None
        own = {t.line.color for t in chart.data if t.name and str(t.name).startswith("two")}
        assert own == {model_colour(1)}


def test_where_the_threshold_stands_is_marked(one: Evaluation) -> None:
    chart = charts.roc([line(one)])
    assert chart is not None
    (mark,) = [t for t in chart.data if t.name == "at the threshold"]
    assert mark.y[0] == one.figures["sensitivity"].value
    assert mark.x[0] == pytest.approx(1 - one.figures["specificity"].value)
    spread = charts_scores.scores(line(one, 0.37), 0, ("positive", "others"))
    assert spread is not None
    assert spread.layout.shapes[0].x0 == 0.37


def test_what_is_pressed_comes_back_as_model_and_scores(one: Evaluation, two: Evaluation) -> None:
    """A browser hands arrays back in another shape, so lists are sent."""
    drawn = [charts.roc([line(one), line(two)]), charts.precision_recall([line(one), line(two)])]
    drawn += [
        charts_scores.calibration([line(one), line(two)]),
        charts_scores.scores(line(two), 1, ("a", "b")),
    ]
    for chart in drawn:
        assert chart is not None
        sent = [t["customdata"] for t in json.loads(chart.to_json())["data"] if "customdata" in t]
        assert sent
        for place, low, high, *_ in (point for points in sent for point in points):
            assert place in (0, 1)
            assert 0 <= low <= high <= 1


def test_a_confusion_cell_names_its_truth_and_its_answer() -> None:
    chart = confusion([[7, 3], [0, 0]], ["a", "b"], ["Class A", "Class without B"])
    points = chart.data[1]
    assert [list(p)[:2] for p in points.customdata] == [
        ["a", "a"],
        ["a", "b"],
        ["b", "a"],
        ["b", "b"],
    ]
    assert points.text[1] == "<b>3</b><br>30.0%"
    assert points.text[2] == "<b>0</b><br>0.0%"  # a class that does not occur
    assert chart.data[0].y[1] == "Class<br>without B"


def test_what_cannot_be_drawn_is_none(one: Evaluation) -> None:
    sample = draw_cases(0)
    alone = evaluation(sample.take(sample.targets == 1), "alone")
    assert charts.roc([line(alone)]) is None
    assert charts.precision_recall([line(alone)]) is None
    assert charts_scores.decision([line(alone)]) is None
    assert charts_scores.learning([line(alone)], "auc") is None
    assert charts.roc([line(alone), line(one)]) is not None


def test_groups_named_by_numbers_stay_names(one: Evaluation) -> None:
    table = one.subgroups[0]
    groups = tuple(replace(g, value=str(n)) for n, g in enumerate(table.groups, start=1))
    chart = group_dots(replace(table, groups=groups), "auc", "AUC")
    assert chart.layout.yaxis.type == "category"
    assert np.isin(["1", "2"], list(chart.layout.yaxis.categoryarray)).all()
