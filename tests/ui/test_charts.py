"""Charts are pure: the same numbers give the same figure, and classes keep their colours."""

import plotly.graph_objects as go
import pytest

from core.domain.card import ClassCard, OperatingPoint
from core.domain.tasks import TASKS, Task
from ui import charts

CLASSES = (
    ClassCard("normal", "Normal", ""),
    ClassCard("benign_without_callback", "Benign without callback", ""),
    ClassCard("malignant", "Malignant", ""),
)
CHANCES = {"normal": 0.2, "benign_without_callback": 0.1, "malignant": 0.7}


def bars(*positive: str, threshold: float = 0.35) -> go.Figure:
    return charts.probability_bars(
        CHANCES, CLASSES, OperatingPoint(threshold, positive, "validation", "a reason")
    )


def texts(chart: go.Figure) -> list[str]:
    return [note.text for note in chart.layout.annotations]


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)
def test_the_classes_of_a_task_never_share_a_colour(task: Task) -> None:
    colours = [charts.class_colour(name, task.class_names) for name in task.class_names]
    assert len(set(colours)) == len(colours)


def test_a_class_keeps_its_colour_whatever_stands_beside_it() -> None:
    alone = charts.class_colour("malignant")
    assert charts.class_colour("malignant", ("other", "malignant", "third")) == alone


def test_unknown_classes_are_told_apart() -> None:
    names = ("cat", "dog", "bird")
    assert len({charts.class_colour(name, names) for name in names}) == 3


def test_there_is_a_bar_for_each_class_first_class_on_top() -> None:
    (bar,) = bars("malignant").data
    assert list(bar.y) == ["Malignant", "Benign<br>without callback", "Normal"]
    assert list(bar.x) == [0.7, 0.1, 0.2]
    assert {"70.0%", "10.0%", "20.0%"} <= set(texts(bars("malignant")))


def test_the_decision_line_crosses_the_bar_that_raises_the_alarm() -> None:
    chart = bars("malignant")
    for line in chart.layout.shapes:
        assert line.x0 == line.x1 == 0.35
        assert line.y0 < 0 < line.y1
    assert chart.layout.shapes
    assert "decision line" in texts(chart)


def test_no_line_is_drawn_where_several_classes_raise_it_together() -> None:
    assert not bars("benign_without_callback", "malignant").layout.shapes


@pytest.mark.parametrize(("threshold", "side"), [(0.02, "left"), (0.5, "center"), (0.97, "right")])
def test_the_name_of_the_line_stays_inside_the_chart(threshold: float, side: str) -> None:
    note = next(n for n in bars("malignant", threshold=threshold).layout.annotations if n.y < 0)
    assert note.xanchor == side
