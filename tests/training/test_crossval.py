"""Cross-validation goes on as a group, repeats nothing, and leaks nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.domain.groups import Group
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import ConfigError, InputError
from core.evaluation.figures import measure, measure_repeated
from core.evaluation.sample import make_sample
from core.services import crossval, groups, judgeable, out_of_fold, runs
from core.services.evaluate import evaluate, judge
from core.training import dispatcher
from core.training.run_folder import RunFolder, all_runs

Configure = Callable[..., TrainConfig]
CLASSES = ("benign", "malignant")


@pytest.fixture
def group(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> Group:
    monkeypatch.setattr(dispatcher, "ensure", lambda: None)
    config = configure(epochs=1, leakage_check=False)
    return crossval.plan(config, folds=3, seeds=(0, 1), title="Spots")


def pretend(folder: RunFolder, skill: float = 3.0) -> None:
    """The run has finished, with answers that are right more often than not."""
    split = pd.read_parquet(folder.path / "split.parquet")
    from core.datasets.prepared import open_prepared

    index = open_prepared(folder.config().dataset).index
    table = index[["image_id", "patient_id", "class"]].assign(part=split["part"].to_numpy())
    asked = table[table["part"].isin(["validation", "test"])].reset_index(drop=True)
    random = np.random.default_rng(folder.config().seed)
    truth = asked["class"].eq("malignant").to_numpy()
    logits = random.normal(np.where(truth, 1.0, -1.0) * skill / 2, 1.0)
    shares = 1 / (1 + np.exp(-logits))
    asked = asked.assign(predicted=np.where(logits > 0, "malignant", "benign"), logit_0=logits)
    asked["p_benign"], asked["p_malignant"] = 1 - shares, shares
    asked.to_parquet(folder.predictions_file, index=False)
    folder.write_status(RunStatus(RunState.FINISHED, epoch=1, epochs=1))


def test_a_group_goes_on_where_it_stopped_and_repeats_nothing(group: Group) -> None:
    assert groups.state(groups.statuses(group)) is RunState.INTERRUPTED
    crossval.go_on(group.id)
    made = groups.read(group.id)
    folders = [groups.run_folder(item.run) for item in made.runs]
    assert len({folder.id for folder in folders if folder}) == 6
    assert crossval.describe(made)["state"] == "queued"
    pretend(folders[0])
    folders[1].write_status(RunStatus(RunState.INTERRUPTED))
    runs.stop(made.runs[2].run)
    runs.delete(made.runs[2].run)
    # The process died before it had written the fourth one down.
    forgotten = list(made.runs)
    forgotten[3] = replace(forgotten[3], run="")
    groups.write(replace(made, runs=tuple(forgotten)))
    again = crossval.go_on(made.id[:8])
    assert [item.run for item in again.runs[3:]] == [item.run for item in made.runs[3:]]
    assert again.runs[0].run == made.runs[0].run
    states = [status.state for status in groups.statuses(again) if status]
    assert states == [RunState.FINISHED, *[RunState.QUEUED] * 5]
    assert len(all_runs()) == 6
    config = folders[4].config()
    assert (config.seed, again.runs[4].seed) == (1, 1)
    assert runs.describe(folders[4])["origin"] == {"group": group.id, "seed": 1, "fold": 2}


def test_figures_are_those_of_patients_nobody_had_seen(group: Group) -> None:
    made = crossval.go_on(group.id)
    with pytest.raises(InputError, match="No fold"):
        out_of_fold.result(made)
    folders = [groups.run_folder(item.run) for item in made.runs]
    for folder in folders[:2]:
        pretend(folder)
    assert any("2 of 6 folds" in note for note in out_of_fold.result(made, resamples=20).notes)
    for folder in folders[2:]:
        pretend(folder)
    found = out_of_fold.result(made, resamples=50)
    assert (found.complete, found.cases, found.patients) == (True, 96, 48)
    auc, spread = found.pooled["auc"], found.spread["auc"]
    assert auc.low < auc.value < auc.high
    assert (spread.folds, spread.lowest < spread.mean < spread.highest) == (6, True)
    assert spread.mean == pytest.approx(np.mean([fold.figures["auc"] for fold in found.folds]))
    table = out_of_fold.predictions(made)
    assert table.groupby("seed")["image_id"].nunique().tolist() == [96, 96]
    # Kept with the group, so the runs may go.
    for folder in folders:
        runs.delete(folder.id)
    assert out_of_fold.predictions(made).equals(table)
    assert out_of_fold.result(made, resamples=50).pooled["auc"] == auc
    assert crossval.describe(made)["state"] == "finished"
    crossval.go_on(made.id)
    assert not all_runs()


def test_stopping_and_deleting_a_group(group: Group) -> None:
    made = crossval.go_on(group.id)
    with pytest.raises(InputError, match="still at work"):
        crossval.delete(made.id)
    crossval.stop(made.id)
    assert crossval.describe(made)["state"] == "stopped"
    assert groups.statuses(made)[0].reason == "Its group was stopped."
    with pytest.raises(InputError, match="it is stopped"):
        crossval.stop(made.id)
    crossval.delete(made.id)
    assert not all_runs()
    assert not crossval.listing()


def test_nonsense_is_refused_before_anything_is_written(configure: Configure) -> None:
    config = configure()
    wrong: list[dict[str, Any]] = [
        {"folds": 1},
        {"folds": 1000},
        {"seeds": ()},
        {"seeds": (1, 1)},
        {"seeds": (-1,)},
        {"validation": 0.0},
        {"validation": 1.0},
    ]
    for asked in wrong:
        with pytest.raises(ConfigError):
            crossval.plan(config, **asked)
    with pytest.raises(InputError, match="split 'none'"):
        crossval.plan(config, keep_test="none")
    assert not groups.names()


def test_the_command_line_tells_and_refuses(
    group: Group, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["crossval", group.id, "--go-on"]) == 0
    said = capsys.readouterr().out
    assert "queued" in said
    assert said.count("fold") >= 6
    for folder in all_runs():
        pretend(folder)
    assert main(["crossval", group.id]) == 0
    assert "together 0." in capsys.readouterr().out
    assert main(["crossval", "cv-nothing"]) == 2
    assert "There is no group" in capsys.readouterr().err


def test_repetitions_are_averaged_draw_by_draw() -> None:
    random = np.random.default_rng(0)
    truth, owners = random.integers(0, 2, 60), np.arange(60) // 2

    def sample(shift: float) -> Any:
        scores = np.clip(random.normal(0.5 + shift * (truth - 0.5), 0.2), 0, 1)
        return make_sample(truth, scores, owners, classes=CLASSES)

    one, other = sample(0.2), sample(0.4)
    same = measure_repeated([one, one], resamples=50).figures["auc"]
    assert same == measure(one, resamples=50).figures["auc"]
    both = measure_repeated([one, other], resamples=50).figures["auc"].value
    parts = [measure(item, resamples=50).figures["auc"].value for item in (one, other)]
    assert both == pytest.approx(np.mean(parts))


def test_a_group_is_judged_on_what_its_networks_had_not_seen(group: Group) -> None:
    made = crossval.go_on(group.id)
    for item in made.runs[:-1]:
        pretend(groups.run_folder(item.run))
    with pytest.raises(InputError, match="Only 5 of 6 folds"):
        judge(made.id, "spots")
    pretend(groups.run_folder(made.runs[-1].run))
    judged = judge(made.id, "spots")
    assert len(judged.rows) == 96
    assert judged.part is None
    found = evaluate(judged, resamples=20)
    assert found.figures["auc"].value > 0.9
    assert found.cautions[0].title == "Out of fold"
    assert "Out of fold" in str(found.to_document())
    part = judge(made.id, "spots", split="default", part="test")
    assert set(part.rows) < set(judged.rows)
    assert made.id in [choice.name for choice in judgeable.choices()]


def test_a_group_answers_for_its_own_images_only(
    group: Group, make_dataset: Callable[..., Any]
) -> None:
    make_dataset("others", seed=1)
    made = crossval.go_on(group.id)
    for item in made.runs:
        pretend(groups.run_folder(item.run))
    with pytest.raises(InputError, match="for its images only"):
        judge(made.id, "others")


def test_a_group_stops_and_resumes_by_the_words_of_a_run(
    group: Group, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["resume", group.id]) == 0
    assert "queued. 0 of 6 folds have finished" in capsys.readouterr().out
    assert main(["stop", group.id]) == 0
    assert "stopped" in capsys.readouterr().out
    assert main(["stop", group.id, "--now"]) == 2
    assert "Name the run" in capsys.readouterr().err
