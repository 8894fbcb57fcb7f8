"""The report on paper says what the one on the screen says, page by page, without a browser."""

import base64
import re
import zlib

import numpy as np
import pytest
from reportlab.graphics.shapes import Group, PolyLine

from core.domain.evaluation import Difference
from core.domain.heatmaps import Faithfulness, HeatmapReport
from core.evaluation.comparison import gaps
from core.evaluation.heatmap.summary import summarise
from core.evaluation.report.page import Entry, Note, Picture
from core.evaluation.report.pdf import look
from core.evaluation.report.pdf.document import document
from core.evaluation.report.pdf.drawing import drawing
from core.evaluation.report.svg import Chart
from tests.evaluation.conftest import MakeSample
from tests.evaluation.test_heatmap import scored
from tests.evaluation.test_report import evaluation
from tests.evaluation.world import card

# One white pixel.
DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////fwAJ"
    "+wP9BUNFygAAAABJRU5ErkJggg=="
)


def said(data: bytes) -> str:
    """What the pages show, in the order it is drawn, without spaces."""
    words = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", data, re.S):
        try:
            text = zlib.decompress(base64.a85decode(raw.strip().removesuffix(b"~>")))
        except (ValueError, zlib.error):
            continue
        words += re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", text)
    text = b"".join(words).decode("latin-1").replace("\\(", "(").replace("\\)", ")")
    return "".join(text.split())


def close(text: str) -> str:
    return "".join(text.split())


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", data))


@pytest.mark.parametrize("classes", [2, 4])
def test_every_part_of_an_evaluation_is_on_paper(cases: MakeSample, classes: int) -> None:
    positive = ("d",) if classes == 4 else ()
    line = np.linspace(0, 1, 5)
    rest = {"method": Faithfulness(line, 1 - line, line, 1 - line, line)}
    maps = HeatmapReport(summarise(list(scored(6)), resamples=10), (), rest)
    found = evaluation(cases(0, classes=classes, positive=positive), heatmaps=maps)
    entry = Entry(
        found, card("seer"), (Picture(DOT, "i1: a > b"),), (Note("i1", "odd", "A fold."),)
    )
    data = document([entry])
    assert data.startswith(b"%PDF-")
    words = said(data)
    for part in (
        "Title of <my> model",
        "2 of 3 & more.",
        "Confusion matrix",
        "Net benefit",
        "published: B, VGG16",
        "never saw the model",
        "A fold.",
        "Model card: The seer",
        "not for diagnosis of patients",
        f"Page 1 of {pages(data)}",
    ):
        assert close(part) in words, part


def test_serious_cautions_come_before_any_figure(cases: MakeSample) -> None:
    words = said(document([Entry(evaluation(cases(0)))]))
    assert words.index(close("2 of 3 & more.")) < words.index(close("Ranking, whatever"))


def test_several_models_share_their_charts_and_are_compared(cases: MakeSample) -> None:
    one, two = cases(0), cases(0, signal=0.4)
    gap = gaps(one, two, resamples=20)["auc"]
    told = Difference("auc", "first", "second", gap.difference, gap.p, "bootstrap of patients")
    entries = [Entry(evaluation(one, "first")), Entry(evaluation(two, "second"))]
    words = said(document(entries, [told]))
    assert close("2 models on the same cases") in words
    assert close("first - second") in words


def test_a_set_of_one_class_still_gives_a_report(cases: MakeSample) -> None:
    sample = cases(0)
    words = said(document([Entry(evaluation(sample.take(sample.targets == 1)))]))
    assert close("needs cases of both sides") in words


def test_letters_that_the_fonts_lack_do_not_stop_the_report() -> None:
    assert look.safe("≥ 90% − 乳がん & <b>") == "&gt;= 90% - ??? &amp; &lt;b&gt;"


def test_what_lies_outside_the_axes_is_not_drawn_along_their_edge() -> None:
    chart = Chart("t", "x", "y", x=(0, 1), y=(0, 1))
    chart.line([0, 0.5, 1], [1, 0, -3], "#000000", "falls")
    groups = [shape for shape in drawing(chart).contents if isinstance(shape, Group)]
    (line,) = [shape for shape in groups[-1].contents if isinstance(shape, PolyLine)]
    assert len(line.points) == 4
