"""A report is one well-formed file that loads nothing, says everything, and escapes names."""

import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from core.domain.card import ClassCard, OperatingPoint
from core.domain.evaluation import Caution, Difference, Evaluation, Judged, Weight
from core.domain.heatmaps import Faithfulness, HeatmapReport
from core.evaluation.comparison import gaps
from core.evaluation.curves import curves
from core.evaluation.figures import measure
from core.evaluation.heatmap.summary import summarise
from core.evaluation.honesty import context
from core.evaluation.per_class import confusion, per_class
from core.evaluation.published import PUBLISHED
from core.evaluation.report.charts import charts
from core.evaluation.report.page import Entry, Picture, page
from core.evaluation.report.svg import Chart, ticks, whisker
from core.evaluation.sample import Sample
from core.evaluation.subgroups import subgroups
from tests.evaluation.conftest import MakeSample
from tests.evaluation.test_heatmap import scored

VOID = {"meta", "img", "br", "input", "link", "hr"}


class Nesting(HTMLParser):
    """Fails on a tag that is closed before what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def evaluation(sample: Sample, name: str = "<my> model", **others: Any) -> Evaluation:
    import pandas as pd

    measured, counts = measure(sample, resamples=20), confusion(sample)
    table = pd.DataFrame({"view": np.resize(["CC", "MLO"], sample.n)})
    cards = tuple(ClassCard(c, c.capitalize(), "It is.") for c in sample.classes)
    point = OperatingPoint(0.4, sample.positive, "validation part of spots", "A reason.")
    judged = Judged(
        name,
        f"Title of {name}",
        "spots",
        "default",
        "test",
        True,
        sample.n,
        sample.n_patients,
        cards,
        point,
        1.3,
        "2026-01-01T00:00:00",
    )
    return Evaluation(
        judged=judged,
        figures=measured.figures,
        missing=measured.missing,
        notes=measured.notes,
        confusion=counts,
        curves=curves(sample, sample, temperature=1.3, resamples=10),
        per_class=per_class(counts, sample.classes),
        context=context(sample),
        cautions=(Caution(Weight.SERIOUS, "Overlap", "2 of 3 & more.", ("p<1>",)),),
        subgroups=subgroups(sample, table, resamples=10),
        published=PUBLISHED["b-patches"],
        learning={"epoch": [1, 2, 3], "loss": [3, 2, 1], "validation_loss": [3, 2, float("nan")]},
        **others,
    )


def read(text: str) -> str:
    parser = Nesting()
    parser.feed(text)
    assert not parser.open
    return " ".join("".join(parser.text).split())


@pytest.mark.parametrize("classes", [2, 4])
def test_a_report_is_well_formed_and_needs_nothing_else(cases: MakeSample, classes: int) -> None:
    positive = ("d",) if classes == 4 else ()
    found = evaluation(cases(0, classes=classes, positive=positive))
    text = page([Entry(found, None, (Picture("data:image/jpeg;base64,AA==", "i1: a > b"),))])
    words = read(text)
    assert "Title of <my> model" in words
    assert "2 of 3 & more" in words
    assert "not for diagnosis of patients" in words
    assert "published: B, VGG16" in words
    assert "Synthetic images." in words
    assert not re.search(r"(src|href)\s*=\s*['\"](?!data:)", text)
    assert "<script" not in text
    assert "@import" not in text
    assert "url(" not in text


def test_serious_cautions_stand_above_every_figure(cases: MakeSample) -> None:
    text = page([Entry(evaluation(cases(0)))])
    assert text.index("class='serious'") < text.index("<h2>Figures")


def test_every_chart_is_xml(cases: MakeSample) -> None:
    found = [evaluation(cases(0), "first"), evaluation(cases(1), "second & last")]
    drawn = charts(found)
    titles = {chart.title for chart in drawn}
    assert {"ROC curve with 95% band", "Calibration", "Decision curve"} <= titles
    assert "Learning curve, loss: first" in titles
    for chart in drawn:
        root = ElementTree.fromstring(chart.to_svg())
        assert root.tag.endswith("svg")
        numbers = re.findall(r'(?:points|[xy][12]?|width|height)="([^"]*)"', chart.to_svg())
        assert not any("nan" in n or "inf" in n for n in numbers)


def test_several_models_are_laid_over_each_other_and_compared(cases: MakeSample) -> None:
    one, two = cases(0), cases(0, signal=0.4)
    gap = gaps(one, two, resamples=20)["auc"]
    told = Difference("auc", "first", "second", gap.difference, gap.p, "bootstrap of patients")
    entries = [Entry(evaluation(one, "first")), Entry(evaluation(two, "second"))]
    words = read(page(entries, [told]))
    assert "2 models on the same cases" in words
    assert "first − second" in words
    assert words.count("ROC curve with 95% band") == 2  # the caption and the chart's own title


def test_heatmap_scores_stand_beside_maps_that_never_saw_the_model(cases: MakeSample) -> None:
    line = np.linspace(0, 1, 5)
    rest = {"method": Faithfulness(line, 1 - line, line, 1 - line, line)}
    maps = HeatmapReport(summarise(list(scored(6)), resamples=10), (), rest)
    words = read(page([Entry(evaluation(cases(0), heatmaps=maps))]))
    assert "Image centre (never saw the model)" in words
    assert "hottest first taken away (0.500)" in words


def test_a_set_of_one_class_still_gives_a_report(cases: MakeSample) -> None:
    sample = cases(0)
    words = read(page([Entry(evaluation(sample.take(sample.targets == 1)))]))
    assert "this figure needs cases of both sides" in words


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (1, 3, [1, 1.5, 2, 2.5, 3]), (0, 30, [0, 10, 20, 30])],
)
def test_ticks_are_round_numbers(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_points_lie_where_the_axes_say() -> None:
    chart = Chart("t", "x", "y", x=(0, 10), y=(0, 2))
    chart.points([0, 10], [0, 2], "#000000")
    circles = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', chart.to_svg())
    (x0, y0), (x1, y1) = [(float(a), float(b)) for a, b in circles]
    assert x0 < x1
    assert y0 > y1


def test_a_whisker_stays_within_its_scale() -> None:
    drawn = whisker(0.5, -3, float("inf"), (0, 1))
    places = [float(v) for v in re.findall(r'(?:x1|x2|cx)="([\d.]+)"', drawn)]
    assert all(0 <= place <= 120 for place in places)
