"""What a slider moves is what a whole evaluation would say; what it does not move stays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import paths
from core.datasets.prepared import PreparedDataset
from core.domain.card import Interval, OperatingPoint
from core.domain.evaluation import Evaluation, Weight
from core.domain.heatmaps import Faithfulness, HeatmapReport
from core.evaluation import honesty
from core.evaluation.figures import measure, measure_point
from core.evaluation.heatmap.summary import summarise
from core.evaluation.subgroups import SHOWN, subgroups
from core.evaluation.verdict import Level, verdict
from core.services import case_pictures, judgeable, judgement, kept_heatmaps
from core.services.evaluate import at_threshold, evaluate
from core.services.judgeable import Stage
from core.services.judgement import Judgement, cases_of, judge
from tests.evaluation.conftest import MakeSample
from tests.evaluation.test_heatmap import scored
from tests.evaluation.test_report import evaluation
from tests.evaluation.world import SPEC, card, write_dataset


@pytest.fixture
def found(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Judgement:
    made = write_dataset()
    pretend_model("seer", made)
    monkeypatch.setattr(judgement, "answers", brightness)
    return judge("seer", "spots")


def pretend_model(name: str, made: PreparedDataset) -> None:
    folder = paths.models() / name
    folder.mkdir(parents=True)
    (folder / "model.keras").write_bytes(name.encode())
    (folder / "card.json").write_text(card(name, made).to_json())


def brightness(item: object, data: PreparedDataset, rows: np.ndarray, *_: object) -> np.ndarray:
    """Logits without a network: bright spots speak for cancer."""
    peaks = np.asarray(data.images)[rows].reshape(len(rows), -1)
    return (np.sort(peaks, axis=1)[:, -12:].mean(axis=1)[:, None] - 125.0) / 20.0


def test_figures_at_a_point_equal_those_of_a_whole_measurement(cases: MakeSample) -> None:
    sample = cases(0)
    whole, quick = measure(sample, resamples=40), measure_point(sample, resamples=40)
    assert set(quick.figures) < set(whole.figures)
    assert all(whole.figures[name] == value for name, value in quick.figures.items())


def test_a_moved_threshold_keeps_what_does_not_follow_it(found: Judgement) -> None:
    known = evaluate(found, resamples=40).figures
    moved = at_threshold(found, 0.2, resamples=40, known=known)
    whole = at_threshold(found, 0.2, resamples=40)
    assert moved.figures == whole.figures
    assert moved.confusion == whole.confusion
    assert moved.figures["auc"] == known["auc"]
    assert moved.figures["sensitivity"].value > known["sensitivity"].value


def test_a_figure_lost_at_a_threshold_is_not_carried_over(found: Judgement) -> None:
    known = evaluate(found, resamples=10).figures
    moved = at_threshold(found, 1.0, resamples=10, known=known)
    assert "precision" not in moved.figures
    assert "No case was called positive" in moved.missing["precision"]


def test_groups_at_a_threshold_equal_groups_measured_anew(found: Judgement) -> None:
    before = subgroups(found.sample, found.properties, resamples=30)
    moved = found.at(0.2).sample
    quick = subgroups(moved, found.properties, resamples=30, known=before)
    whole = subgroups(moved, found.properties, resamples=30)
    assert [t.by for t in quick] == [t.by for t in whole]
    for one, other in zip(quick, whole, strict=True):
        for ours, theirs in zip(one.groups, other.groups, strict=True):
            assert ours.figures == theirs.figures
            assert set(ours.figures) <= set(SHOWN)


def test_tables_are_read_once_whatever_the_threshold(found: Judgement) -> None:
    table = found.properties
    assert found.at(0.3).properties is table
    assert found.at(0.3).sample.threshold == 0.3


def test_heatmap_scores_come_back_as_they_were_kept(found: Judgement) -> None:
    line = np.linspace(0, 1, 4)
    rest = {"a": Faithfulness(line, 1 - line, line, line, line)}
    report = HeatmapReport((), (), rest, {"a": Interval(0.1, 0.0, 0.2, 3)}, ("A note.",))
    kept_heatmaps.keep(found, report)
    back = kept_heatmaps.kept(found)
    assert back is not None
    assert back.sanity == report.sanity
    assert back.faithfulness["a"].deletion_area == pytest.approx(rest["a"].deletion_area)
    kept_heatmaps.file_of(found).write_text("{")
    assert kept_heatmaps.kept(found) is None


def test_heatmaps_are_divided_by_the_answers_at_the_threshold(found: Judgement) -> None:
    names = list(found.index["image_id"])
    rows = [
        {**one.row(), "image_id": names[place], "correct": True}
        for place, one in enumerate(scored(6))
    ]
    report = HeatmapReport(summarise(list(scored(6)), resamples=10), tuple(rows))
    anew = kept_heatmaps.divided_anew(report, found.at(0.999), resamples=10)
    right = found.at(0.999).sample
    expected = (right.predicted == right.targets)[: len(rows)]
    assert [case["correct"] for case in anew.cases] == expected.tolist()


def test_the_command_lines_split_may_name_a_part(found: Judgement) -> None:
    asked = cases_of("seer", "spots", split="test")
    assert (asked.split, asked.part) == ("default", "test")
    assert len(cases_of("seer", "spots", split="all").rows) == 120
    write_dataset("other", seed=5)
    elsewhere = cases_of("seer", "other", split="test")
    assert (elsewhere.split, elsewhere.part) == ("default", "test")
    with pytest.raises(Exception, match="no split"):
        cases_of("seer", "other", split="mine")


def test_a_page_knows_beforehand_what_is_missing(
    found: Judgement, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judgeable.readiness("seer", "spots").stage is Stage.ASK
    monkeypatch.setattr(judgeable, "missing_answers", lambda *_: 0)
    assert judgeable.readiness("seer", "spots").stage is Stage.READY
    write_dataset("wide", spec=replace(SPEC, height=64))
    assert judgeable.readiness("seer", "wide").stage is Stage.PREPARE
    lost = judgeable.readiness("seer", "nowhere")
    assert lost.stage is Stage.IMPOSSIBLE
    assert "nowhere" in lost.reason


def test_parts_begin_with_the_test_part_of_the_models_own_data(found: Judgement) -> None:
    offered = judgeable.parts(found.dataset, ["seer"])
    assert next(iter(offered.items())) == ("test", ("default", "test"))
    assert list(offered)[-1] == "all images"
    assert judgeable.usual_part(found.dataset, ["seer"]) == "test"
    other = write_dataset("other", seed=5)
    assert judgeable.usual_part(other, ["seer"]) == "all images"


def test_cases_are_chosen_by_cell_and_by_score(found: Judgement) -> None:
    table = found.cases()
    missed = case_pictures.select(table, truth="cancer", answer="negative", order="sure")
    counts = at_threshold(found, found.threshold, resamples=5).confusion
    assert len(missed) == counts[1][0]
    assert missed["confidence"].is_monotonic_decreasing
    near = case_pictures.select(table, scores=(0.4, 0.6), order="score")
    assert near["score"].between(0.4, 0.6).all()
    wrong = case_pictures.select(table, which="wrong")
    assert not wrong["correct"].any()
    assert wrong["error"].is_monotonic_decreasing
    name = str(table["image_id"].iloc[3])
    assert list(case_pictures.select(table, which="noted", noted=[name])["image_id"]) == [name]


def test_tiles_tell_truth_answer_and_flag(found: Judgement) -> None:
    table = found.cases().head(3)
    flags = {str(table["image_id"].iloc[0]): "poor image"}
    heat = np.zeros((3, 32, 32), np.float32)
    titles = {"negative": "No cancer", "cancer": "Cancer"}
    tiles = case_pictures.tiles(found, table, titles, heat, flags=flags)
    assert tiles[0].facts.endswith("sure, poor image")
    assert [tile.class_name for tile in tiles] == list(table["class"])
    plain = case_pictures.tiles(found, table, titles)
    assert plain[0].source != tiles[0].source


def test_the_answer_is_no_better_than_the_figures(cases: MakeSample) -> None:
    good, noise = evaluation(cases(0, signal=4.0)), evaluation(cases(0, signal=0.0))
    assert verdict(good).level is Level.BROKEN  # its caution is serious
    clean = [without_cautions(item) for item in (good, noise)]
    assert verdict(clean[0]).level is Level.STRONG
    assert verdict(clean[1]).level is Level.UNSURE
    assert "not clearly better than guessing" in verdict(clean[1]).headline
    assert "says nothing about real patients" in verdict(clean[0]).sentences[-1]
    few = without_cautions(evaluation(cases(0, n=24, signal=2.0)))
    assert verdict(few).level is Level.UNSURE


def without_cautions(item: Evaluation) -> Evaluation:
    return replace(item, cautions=())


def test_one_class_alone_is_told_not_judged(cases: MakeSample) -> None:
    sample = cases(0)
    alone = evaluation(sample.take(sample.targets == 1))
    assert verdict(without_cautions(alone)).headline.startswith("This set cannot tell")


def test_a_threshold_chosen_on_all_images_of_a_set_is_serious_there() -> None:
    point = OperatingPoint(0.4, ("yes",), "all part of spots", "")
    told = honesty.point_chosen_here(point, None)
    assert told is not None
    assert told.weight is Weight.SERIOUS
    assert honesty.point_chosen_here(point, "test") is not None
