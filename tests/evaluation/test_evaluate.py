"""The service and the command: the right cases, answers asked once, overlap named."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from core.__main__ import main
from core.datasets.leakage import check
from core.datasets.leakage.check import PAIRS, RECORD
from core.datasets.leakage.search import Match
from core.datasets.prepared import PreparedDataset
from core.domain.card import OperatingPoint
from core.domain.dataset import PrepareRequest
from core.domain.evaluation import Evaluation, Weight
from core.domain.preprocess import StepSpec
from core.errors import ConfigError, DatasetError, InputError, NotFound
from core.services import answers as asking
from core.services import case_notes, cross_copies, evaluation_job, prepare_for
from core.services.catalogue import bundle
from core.services.evaluate import at_threshold, compare, evaluate
from core.services.judgement import judge
from core.services.lesion_maps import heatmap_report
from core.services.operating_points import (
    chosen_point,
    store,
    suggested,
    suggestions,
    validation_of,
)
from core.services.subjects import subject
from tests.evaluation.world import SPEC, change_card, write_dataset, write_model


@pytest.fixture
def dataset(workspace: Path) -> PreparedDataset:
    made = write_dataset()
    write_model(trained_on=made)
    return made


def quick(name: str = "seer", dataset: str = "spots", **choice: Any) -> Evaluation:
    return evaluate(judge(name, dataset, **choice), resamples=20)


def titles(found: Evaluation) -> list[str]:
    return [c.title for c in found.cautions if c.weight is Weight.SERIOUS]


def test_the_test_part_of_the_models_own_split_is_judged(dataset: PreparedDataset) -> None:
    found = judge("seer", "spots")
    assert (found.split, found.part) == ("default", "test")
    assert (dataset.split("default")[found.rows] == "test").all()
    assert len(found.rows) == 60


def test_figures_follow_from_the_models_answers(dataset: PreparedDataset) -> None:
    found = judge("seer", "spots")
    document = evaluate(found, resamples=50).to_document()
    pixels = np.asarray(dataset.images)[found.rows] / 255
    import cv2

    flags = cv2.BORDER_CONSTANT
    peak = [cv2.blur(p, (7, 7), borderType=flags).max() for p in pixels.astype(np.float32)]
    truth = dataset.index["class"].to_numpy()[found.rows] == "cancer"
    expected = metrics.roc_auc_score(truth, peak)
    assert document["metrics"]["auc"]["value"] == pytest.approx(expected, abs=0.002)
    assert (document["n"], document["patients"]) == (60, 30)
    assert sum(map(sum, document["confusion"]["counts"])) == 60
    json.dumps(document, allow_nan=False)


def test_probabilities_are_calibrated_and_the_raw_ones_kept(dataset: PreparedDataset) -> None:
    found = judge("seer", "spots")
    logits = found.logits[:, 0]
    assert np.allclose(found.sample.score, 1 / (1 + np.exp(-logits / 2)), atol=1e-6)
    assert np.allclose(found.raw.score, 1 / (1 + np.exp(-logits)), atol=1e-6)


def test_answers_are_asked_once(dataset: PreparedDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    first = judge("seer", "spots", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (60, 60)
    monkeypatch.setattr(asking, "_ask", None)
    again = judge("seer", "spots")
    assert np.array_equal(first.logits, again.logits)


def test_only_what_is_missing_is_asked(dataset: PreparedDataset) -> None:
    found = judge("seer", "spots")
    assert asking.missing_answers(found.subject, dataset, np.arange(120)) == 60
    everything = judge("seer", "spots", part="all")
    assert asking.missing_answers(found.subject, dataset, np.arange(120)) == 0
    assert np.array_equal(everything.logits[found.rows], found.logits)


def test_another_model_file_or_other_data_is_asked_anew(dataset: PreparedDataset) -> None:
    found = judge("seer", "spots")
    file = asking.answers_file(found.subject, dataset)
    write_model("other", gain=20.0, trained_on=dataset)
    assert asking.answers_file(judge("other", "spots").subject, dataset) != file
    changed = replace(dataset, info=replace(dataset.info, checksums={"images.npy": "new"}))
    assert asking.answers_file(found.subject, changed) != file


def test_a_damaged_answers_file_is_asked_anew(dataset: PreparedDataset) -> None:
    found = judge("seer", "spots")
    asking.answers_file(found.subject, dataset).write_bytes(b"PAR1 and then nothing")
    assert np.array_equal(judge("seer", "spots").logits, found.logits)


def test_training_images_are_named_in_the_first_place(dataset: PreparedDataset) -> None:
    assert "Images the model was trained on" not in titles(quick())
    assert titles(quick(part="all"))[0] == "Images the model was trained on"
    assert titles(quick(part="train"))[0] == "Images the model was trained on"


def test_a_patient_on_both_sides_is_named(workspace: Path) -> None:
    made = write_dataset()
    table = pd.read_parquet(made.path / "splits" / "default.parquet")
    table.loc[0, "part"] = "test"  # the other image of this patient stays in training
    table.to_parquet(made.path / "splits" / "default.parquet", index=False)
    write_model(trained_on=made)
    found = quick()
    assert "Patients the model was trained on" in titles(found)
    caution = next(c for c in found.cautions if c.title.startswith("Patients"))
    assert caution.examples == ("p0-000",)


def test_known_copies_of_training_images_are_named(dataset: PreparedDataset) -> None:
    assert any("not searched" in c.title for c in quick().cautions)
    pairs = pd.DataFrame({"one": ["i0-000"], "other": ["i0-004"]})  # training and test
    pairs.to_parquet(dataset.path / PAIRS, index=False)
    (dataset.path / RECORD).write_text(json.dumps({"search": check._stamp(dataset)}))
    found = quick()
    assert "Copies of training images" in titles(found)
    assert not any("not searched" in c.title for c in found.cautions)


def test_other_data_is_judged_whole_and_copies_across_sets_are_found(
    dataset: PreparedDataset,
) -> None:
    other = write_dataset("more", patients=20, seed=1)
    found = judge("seer", "more")
    assert (found.split, found.part, len(found.rows)) == (None, None, 40)
    assert titles(quick(dataset="more")) == []
    images = np.load(other.path / "images.npy")
    images[7] = np.asarray(dataset.images)[0]
    np.save(other.path / "images.npy", images)
    found_again = quick(dataset="more")
    assert "Copies of training images" in titles(found_again)
    assert "i1-007 = i0-000" in next(c.examples[0] for c in found_again.cautions if c.examples)


def test_searched_copies_across_sets_are_named_and_kept(
    dataset: PreparedDataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_dataset("more", patients=20, seed=1)
    assert any("not searched" in c.title for c in quick(dataset="more").cautions)
    learned = np.flatnonzero(dataset.split("default") == "train")
    # 40 images are judged; the next number is the first training image.
    both = [Match(3, 4, False, 9, 0.9), Match(5, 40, True, 9, 0.9), Match(41, 42, False, 9, 0.9)]
    monkeypatch.setattr(cross_copies, "search", lambda pictures, watch: both)
    command = ["evaluate", "seer", "--dataset", "more", "--resamples", "5", "--json"]
    assert main([*command, "--search-copies"]) == 0
    cautions = json.loads(capsys.readouterr().out)["cautions"]
    (copies,) = [c for c in cautions if c["title"] == "Copies of training images"]
    first = dataset.index["image_id"][learned[0]]
    assert copies["examples"] == [f"i1-005 = {first}"]
    monkeypatch.setattr(cross_copies, "search", None)
    again = quick(dataset="more")
    assert "Copies of training images" in titles(again)
    assert not any("not searched" in c.title for c in again.cautions)


def test_training_data_that_is_gone_is_admitted(dataset: PreparedDataset) -> None:
    write_dataset("more", patients=20, seed=1)
    change_card("seer", data=replace(bundle("seer").card.data, dataset="lost", details={}))
    assert any("could not be checked" in c.title for c in quick(dataset="more").cautions)


def test_a_dataset_prepared_in_another_way_is_refused_with_the_remedy(
    dataset: PreparedDataset,
) -> None:
    write_dataset("wide", 20, spec=replace(SPEC, steps=(StepSpec("pad"),)))
    with pytest.raises(ConfigError, match="prepare-again"):
        judge("seer", "wide")
    write_dataset("renamed", 20, spec=replace(SPEC, name="other"))
    assert len(judge("seer", "renamed").rows) == 40


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"model": "nobody"}, NotFound),
        ({"dataset": "nothing"}, NotFound),
        ({"split": "no-such"}, NotFound),
        ({"part": "half"}, ConfigError),
        ({"dataset": "undivided", "part": "test"}, ConfigError),
    ],
)
def test_what_does_not_exist_is_refused(
    dataset: PreparedDataset, arguments: dict[str, str], fault: type[Exception]
) -> None:
    undivided = write_dataset("undivided", 20, seed=1)
    for file in (undivided.path / "splits").iterdir():
        file.unlink()
    chosen: dict[str, Any] = {"model": "seer", "dataset": "spots", **arguments}
    with pytest.raises(fault):
        judge(**chosen)


def test_another_question_is_answered_from_what_the_table_says(workspace: Path) -> None:
    made = write_dataset()
    info = replace(made.info, task="four-class", classes=("normal", "benign", "x", "malignant"))
    (made.path / "dataset.json").write_text(json.dumps(info, default=vars))
    write_model(trained_on=made)
    found = judge("seer", "spots")
    assert (found.sample.is_positive == made.index["cancer"].to_numpy()[found.rows]).all()


def test_a_part_without_usable_images_is_refused(dataset: PreparedDataset) -> None:
    table = pd.read_parquet(dataset.path / "splits" / "default.parquet")
    table["part"] = "train"
    table.to_parquet(dataset.path / "splits" / "default.parquet", index=False)
    with pytest.raises(DatasetError, match="no image"):
        judge("seer", "spots")


def test_the_slider_moves_every_figure_at_the_threshold_and_no_other(
    dataset: PreparedDataset,
) -> None:
    found = judge("seer", "spots")
    low, high = at_threshold(found, 0.05, resamples=20), at_threshold(found, 0.95, resamples=20)
    assert low.figures["sensitivity"].value > high.figures["sensitivity"].value
    assert low.figures["auc"] == high.figures["auc"]
    assert sum(low.confusion[1]) == sum(high.confusion[1])
    for name in ("accuracy", "sensitivity", "specificity"):
        again = at_threshold(found, 0.05, resamples=20).figures[name]
        assert again == low.figures[name]


def test_thresholds_are_suggested_on_validation_and_kept_on_the_card(
    dataset: PreparedDataset,
) -> None:
    known = validation_of("seer")
    assert known.part == "validation"
    offers = {offer.rule: offer for offer in suggestions(known)}
    assert set(offers) >= {"youden", "sensitivity-90", "sensitivity-95", "specificity-90", "cost"}
    offer = suggested(known, "sensitivity-95")
    assert offer.threshold is not None
    called = known.sample.score[known.sample.is_positive] >= offer.threshold
    assert called.mean() >= 0.95
    point = chosen_point(known, offer.threshold, "Find at least 95%.")
    store("seer", point)
    kept = bundle("seer").card
    assert kept.operating_point == point
    assert kept.operating_point.chosen_on == "validation part of spots"
    assert set(kept.metrics) == {"auc"}  # F1 was measured at the old threshold
    assert judge("seer", "spots").threshold == offer.threshold


def test_a_threshold_chosen_on_test_is_warned_of(dataset: PreparedDataset) -> None:
    found = judge("seer", "spots")
    store("seer", chosen_point(found, 0.3, "Looked best."))
    assert "Threshold chosen on these cases" in titles(quick())


def test_impossible_thresholds_are_refused(dataset: PreparedDataset) -> None:
    with pytest.raises(ConfigError):
        store("seer", OperatingPoint(1.2, ("cancer",), "validation", ""))
    with pytest.raises(ConfigError, match="no rule"):
        suggested(validation_of("seer"), "luck")


def test_cases_come_worst_error_first(dataset: PreparedDataset) -> None:
    table = judge("seer", "spots").cases()
    wrong = table[~table["correct"]]
    assert len(wrong)
    assert not table["correct"].iloc[: len(wrong)].any()
    assert wrong["error"].is_monotonic_decreasing
    assert set(table["density"]) == {"A", "B"}
    row = table.iloc[0]
    assert dataset.index["image_id"][row["row"]] == row["image_id"]


def test_models_are_compared_on_the_same_cases_only(dataset: PreparedDataset) -> None:
    write_model("weak", gain=0.5, trained_on=dataset)
    one, two = judge("seer", "spots"), judge("weak", "spots")
    found = {d.figure: d for d in compare([one, two], resamples=30)}
    assert "DeLong" in found["auc"].test
    assert found["auc"].difference.value == pytest.approx(0, abs=1e-3)  # the same order
    assert "McNemar" in found["accuracy"].test
    assert "only the first gets right" in found["accuracy"].note
    assert found["log_loss"].difference.high < 0
    with pytest.raises(InputError, match="different"):
        compare([one, judge("weak", "spots", part="validation")], resamples=5)


def test_heatmaps_are_scored_where_lesions_are_known(dataset: PreparedDataset) -> None:
    found = judge("seer", "spots")
    report = heatmap_report(found)
    rows = {(r.method, r.among): r for r in report.rows}
    own, chance = rows["grad-cam", "all"], rows["random", "all"]
    lesions = int((dataset.index["findings"][found.rows] != "[]").sum())
    assert own.images == lesions
    assert own.figures["hit"].value > chance.figures["hit"].value + 0.3
    assert own.figures["distance_share"].value < chance.figures["distance_share"].value
    rest = report.faithfulness["grad-cam"]
    assert rest.deletion_area < np.trapezoid(rest.random_deletion, rest.share)
    assert report.sanity["grad-cam"].n > 0
    assert {"image_id", "hit"} <= set(report.cases[0])
    again = judge("seer", "spots")
    assert np.array_equal(again.logits, found.logits)


def test_without_lesions_heatmaps_are_refused(workspace: Path) -> None:
    made = write_dataset()
    table = made.index.assign(findings="[]")
    table.to_parquet(made.path / "index.parquet", index=False)
    write_model(trained_on=made)
    with pytest.raises(InputError, match="outlined finding"):
        heatmap_report(judge("seer", "spots"))


def test_the_command_prints_one_document(
    dataset: PreparedDataset, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "seer", "--dataset", "spots", "--resamples", "20"]
    assert main([*command, "--json"]) == 0
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert {"n", "patients", "metrics", "confusion"} <= set(document)
    assert {"value", "low", "high"} <= set(document["metrics"]["auc"])
    assert "60/60 images" in captured.err
    assert main(command) == 0
    text = capsys.readouterr().out
    assert "seer on spots, test: 60 images of 30 patients" in text
    assert "Synthetic data" in text


def test_the_command_writes_reports_and_tables(
    dataset: PreparedDataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_model("weak", gain=0.5, trained_on=dataset)
    html, table = tmp_path / "report.html", tmp_path / "cases.csv"
    command = ["evaluate", "seer", "weak", "--dataset", "spots", "--resamples", "10", "--json"]
    assert main([*command, "--html", str(html), "--csv", str(table), "--heatmaps"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [m["model"] for m in document["models"]] == ["seer", "weak"]
    assert document["differences"][0]["figure"] == "auc"
    text = html.read_text()
    assert "Heatmap against lesion" in text
    assert "Worst errors" in text
    assert "data:image/jpeg;base64," in text
    assert len(pd.read_csv(table)) == 60


def test_the_command_chooses_a_threshold_on_validation(
    dataset: PreparedDataset, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "seer", "--dataset", "spots", "--resamples", "10", "--json"]
    assert main([*command, "--choose", "specificity-90"]) == 0
    point = json.loads(capsys.readouterr().out)["operating_point"]
    assert point["chosen_on"] == "validation part of spots"
    assert point["threshold"] == bundle("seer").card.operating_point.threshold


@pytest.mark.parametrize(
    "wrong",
    [
        ["--resamples", "1"],
        ["--part", "test", "--dataset", "none"],
        ["--threshold", "2"],
        ["--choose", "luck"],
    ],
)
def test_bad_input_ends_with_two_and_one_line(
    dataset: PreparedDataset, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "seer", "--dataset", "spots", "--resamples", "5", *wrong]
    assert main(command) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip().splitlines()[-1].endswith(".")


@pytest.mark.parametrize("ending", [".csv", ".md", ".tex"])
def test_the_command_writes_the_table_by_class(
    dataset: PreparedDataset, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"table{ending}"
    command = ["evaluate", "seer", "--dataset", "spots", "--resamples", "5", "--json"]
    assert main([*command, "--table", str(file)]) == 0
    assert "published: C, RNN" in file.read_text()
    assert main([*command, "--table", str(tmp_path / "table.doc")]) == 2
    assert "Received: table.doc" in capsys.readouterr().err


def test_notes_and_flags_are_kept_by_image_and_exported(workspace: Path) -> None:
    case_notes.write("spots", "i1", flag="wrong label", note="No mass here.", model="seer")
    case_notes.write("spots", "i2", note='Second look: a fold, "not" a mass.')
    case_notes.write("spots", "i1", flag="interesting")
    assert case_notes.notes("spots")["i1"].flag == "interesting"
    table = case_notes.table("spots")
    assert set(table["image_id"]) == {"i1", "i2"}
    assert "fold" in table.to_csv(index=False)
    case_notes.write("spots", "i1")
    assert set(case_notes.notes("spots")) == {"i2"}
    assert case_notes.notes("other") == {}


@pytest.mark.parametrize("said", [{"flag": "bad"}, {"note": "x" * 3000}])
def test_a_note_that_cannot_be_kept_is_refused(workspace: Path, said: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        case_notes.write("spots", "i1", **said)


def test_damaged_notes_are_reported_not_overwritten(workspace: Path) -> None:
    case_notes.write("spots", "i1", note="kept")
    file = workspace / "notes" / "spots.json"
    file.write_text("{")
    with pytest.raises(DatasetError, match="cannot be read"):
        case_notes.write("spots", "i2", note="new")
    assert file.read_text() == "{"


def test_a_long_evaluation_runs_as_the_command_does(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(evaluation_job.background, "start", lambda *a: begun.extend(a))
    evaluation_job.start(["a", "b"], "spots", part="all", heatmaps=True)
    (errand,) = begun[3]
    expected = ("evaluate", "a", "b", "--dataset", "spots", "--part", "all", "--heatmaps")
    assert errand.arguments == expected


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[PrepareRequest]:
    """What would have been prepared."""
    asked: list[PrepareRequest] = []
    monkeypatch.setattr(prepare_for, "prepare_dataset", lambda made, *_, **__: asked.append(made))
    return asked


def test_a_set_is_prepared_again_from_its_own_files_as_the_model_learned_it(
    dataset: PreparedDataset, tmp_path: Path, requests: list[PrepareRequest]
) -> None:
    made = write_dataset("wide", 20, spec=replace(SPEC, height=64))
    options = {"sources": [{"format": "folder", "root": str(tmp_path), "options": {}}]}
    info = replace(made.info, options={**options, "views": ["CC"], "limit": 7})
    (made.path / "dataset.json").write_text(json.dumps(asdict(info)))
    prepare_for.prepared_for(subject("seer"), "wide")
    (asked,) = requests
    assert (asked.name, asked.spec, asked.task) == ("wide-for-seer", SPEC, "cancer")
    assert (asked.views, asked.limit, asked.sources[0].root) == (("CC",), 7, str(tmp_path))
    options["sources"][0]["root"] = str(tmp_path / "never")
    (made.path / "dataset.json").write_text(json.dumps(asdict(replace(info, options=options))))
    with pytest.raises(DatasetError, match="not at hand"):
        prepare_for.prepared_for(subject("seer"), "wide")


def test_a_labelled_folder_is_prepared_for_the_model(
    dataset: PreparedDataset, tmp_path: Path, requests: list[PrepareRequest]
) -> None:
    import cv2

    folder = tmp_path / "My Images (2024)"
    for name in ("benign", "malignant"):
        (folder / name).mkdir(parents=True)
        cv2.imwrite(str(folder / name / "a.png"), np.zeros((40, 40), np.uint8))
    prepare_for.prepared_folder(subject("seer"), folder)
    assert requests[0].name == "my-images-2024-for-seer"
    assert requests[0].sources[0].format == "folder"
    assert requests[0].spec == SPEC
