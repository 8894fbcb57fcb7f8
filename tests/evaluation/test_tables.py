"""The report table is scikit-learn's, in four dialects, with published systems set apart."""

import csv
import io

import numpy as np
import pytest
from sklearn import metrics

from core.evaluation.figures import measure
from core.evaluation.per_class import confusion, per_class
from core.evaluation.published import PUBLISHED, published_for, sources
from core.evaluation.sample import make_sample
from core.evaluation.tables import class_table, figure_table
from tests.evaluation.conftest import MakeSample


@pytest.mark.parametrize("classes", [2, 4])
def test_rows_and_averages_agree_with_scikit_learns_report(cases: MakeSample, classes: int) -> None:
    sample = cases(0, classes=classes)
    found = per_class(confusion(sample), sample.classes)
    expected = metrics.classification_report(
        sample.targets, sample.predicted, target_names=sample.classes, output_dict=True
    )
    assert found.accuracy == pytest.approx(expected["accuracy"])
    rows = {row.name: row for row in found.rows}
    rows |= {"macro avg": found.macro, "weighted avg": found.weighted}
    for name, row in rows.items():
        assert row.precision == pytest.approx(expected[name]["precision"])
        assert row.recall == pytest.approx(expected[name]["recall"])
        assert row.f1 == pytest.approx(expected[name]["f1-score"])
        assert row.support == expected[name]["support"]


def test_a_class_never_answered_and_one_that_does_not_occur_are_named() -> None:
    shares = np.eye(3)[[0, 0, 2]]
    sample = make_sample([0, 1, 0], shares, [1, 2, 3], classes=("a", "b", "c"))
    found = per_class(confusion(sample), sample.classes)
    assert found.rows[1].precision is None
    assert found.rows[2].recall is None
    assert any("Never answered: b" in note for note in found.notes)
    assert any("Does not occur here: c" in note for note in found.notes)


def test_every_published_confusion_matrix_gives_its_published_accuracy() -> None:
    for items in PUBLISHED.values():
        for item in items:
            if item.confusion:
                counts = np.array(item.confusion)
                stated = item.figures["accuracy"]
                assert np.trace(counts) / counts.sum() == pytest.approx(stated, abs=0.006)


def test_every_published_figure_names_its_source_and_data() -> None:
    assert set(PUBLISHED) == {"a-hybrid", "b-patches", "c-context", "d-four-class", "e-localise"}
    for items in PUBLISHED.values():
        for item in items:
            assert item.source
            assert item.data
            assert all(0 <= value <= 1 for value in item.figures.values())
    assert len(list(sources())) == 6


def test_published_figures_are_found_by_recipe_and_by_question() -> None:
    assert published_for("d-four-class", "cancer")[0].system == "D"
    assert published_for("b-patches-vgg16", "cancer")[0].system == "B"
    assert published_for(None, "lesion")[0].system == "B"
    assert published_for("", "mass-calcification") == ()


def test_the_table_reads_back_from_csv(cases: MakeSample) -> None:
    sample = cases(1)
    found = per_class(confusion(sample), sample.classes)
    table = class_table(found, "Title", PUBLISHED["b-patches"])
    rows = list(csv.DictReader(io.StringIO(table.to_csv())))
    assert float(rows[0]["Precision"]) == found.rows[0].precision
    published = [row for row in rows if row["From"].startswith("published")]
    assert len(published) == 6
    assert all(row["From"] == "measured here" for row in rows if row not in published)


def test_markdown_and_latex_have_a_line_a_row_and_escape_what_they_must(
    cases: MakeSample,
) -> None:
    sample = make_sample([0, 1], [0.2, 0.8], [1, 2], classes=("no_lesion", "a|b & c%"))
    table = class_table(per_class(confusion(sample), sample.classes), "50% of_cases")
    markdown, latex = table.to_markdown(), table.to_latex()
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(table.rows)
    assert "a\\|b" in markdown
    assert r"no\_lesion" in latex
    assert r"a|b \& c\%" in latex
    assert latex.count(r"\\") == 1 + len(table.rows)
    assert latex.count("{") == latex.count("}")


def test_figures_become_a_table_with_their_names_for_people(cases: MakeSample) -> None:
    figures = measure(cases(2, classes=3), resamples=20).figures
    table = figure_table(figures, "Figures", {"a": "Class A"})
    assert any(row[0] == "AUC, Class A against the rest" for row in table.rows)
    assert len(table.rows) == len(figures)
