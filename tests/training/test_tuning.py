"""A study finds what is better, prunes what is not, and survives its workers."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core import paths
from core.__main__ import main
from core.datasets.prepared import PreparedDataset
from core.domain.runs import RunState
from core.domain.training import TrainConfig
from core.domain.tuning import Parameter, StudyPlan
from core.errors import ConfigError, InputError, NotFound
from core.services import presets, runs, studies, study_store, study_worker
from core.training import search_spaces
from core.training.recipe import RECIPES
from core.training.run_folder import all_runs

Configure = Callable[..., TrainConfig]
PRETEND = Path(__file__).with_name("pretend_study.py")
SPACE = (
    Parameter("learning_rate", (), 1e-5, 1e-1, log=True),
    Parameter("model.head.dropout", (), 0.0, 0.6, step=0.1),
    Parameter("batch_size", (8, 16)),
)
NARROW = (Parameter("learning_rate", (), 1e-4, 1e-2, log=True), *SPACE[1:])


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("pretend_study", PRETEND)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SECONDS", 0.002)
    monkeypatch.setattr(study_worker, "LOOK_SECONDS", 0.005)
    monkeypatch.setattr(study_worker, "runs", module._Runs())
    return module


@pytest.fixture
def config(configure: Configure) -> TrainConfig:
    return configure(epochs=4, leakage_check=False)


def work(name: str) -> None:
    with study_worker._working(studies.folder(name)) as worker:
        worker.run()
    assert not studies.problem(name), studies.problem(name)


def test_a_study_prunes_the_hopeless_and_finds_the_better(
    config: TrainConfig, pretend: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretend, "SECONDS", 0.025)
    studies.create("spots", config, SPACE, trials=11, startup=3, warmup=1)
    assert studies.state("spots") == "interrupted"
    work("spots")
    assert studies.state("spots") == "finished"
    seen = studies.trials("spots")
    assert [trial.number for trial in seen] == list(range(11))
    kinds = [trial.state for trial in seen]
    assert {"complete", "pruned"} <= set(kinds)
    pruned = next(trial for trial in seen if trial.state == "pruned")
    cut = studies.run_of(pruned.run)
    assert cut is not None
    assert cut.status().state is RunState.STOPPED
    assert cut.status().reason.startswith("Pruned")
    assert len(pruned.curve) < 4
    failed = [trial for trial in seen if trial.state == "failed"]
    assert all("not a number" in trial.problem for trial in failed)
    best = studies.best("spots")
    assert best is not None
    assert best.value == max(trial.value for trial in seen if trial.state == "complete")
    found = studies.configuration("spots", best)
    assert found.learning_rate == best.values["learning_rate"]
    assert found.batch_size in (8, 16)
    share = study_store.importance(studies.folder("spots"), studies.plan("spots"))
    assert sum(share.values()) == pytest.approx(1)
    assert runs.describe(cut)["origin"] == {"study": "spots", "trial": pruned.number}


@pytest.mark.slow
def test_two_worker_processes_share_one_study(config: TrainConfig) -> None:
    studies.create("shared", config, NARROW, trials=8, pruner="none")
    command = [sys.executable, str(PRETEND), str(studies.folder("shared"))]
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT), "PRETEND_SECONDS": "0.02"}
    pair = [subprocess.Popen(command, env=environment) for _ in range(2)]
    crews = set()
    while any(process.poll() is None for process in pair):
        crews.add(len(studies.living("shared")))
        time.sleep(0.05)
    assert [process.returncode for process in pair] == [0, 0]
    assert 2 in crews
    seen = studies.trials("shared")
    assert [trial.state for trial in seen] == ["complete"] * 8
    assert len({trial.run for trial in seen}) == 8 == len(all_runs())
    # Not each the same first tries, as two samplers of one seed would make.
    assert len({trial.values["learning_rate"] for trial in seen}) == 8


def test_a_stopped_study_goes_on_with_the_trial_it_left(
    config: TrainConfig, pretend: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    studies.create("left", config, NARROW, trials=2, pruner="none")
    monkeypatch.setattr(pretend, "SECONDS", 0.1)
    real = study_worker._Attempt._report

    def report_and_stop(attempt: Any, folder: Any) -> None:
        real(attempt, folder)
        if attempt.reported:
            (studies.folder("left") / studies.STOP).touch()

    with monkeypatch.context() as patch:
        patch.setattr(study_worker._Attempt, "_report", report_and_stop)
        work("left")
    assert studies.state("left") == "stopped"
    (open_trial,) = studies.trials("left")
    assert open_trial.state == "running"
    assert studies.run_of(open_trial.run).status().reason == "Its study was stopped."
    (studies.folder("left") / studies.STOP).unlink()
    monkeypatch.setattr(pretend, "SECONDS", 0.002)
    work("left")
    first, second = studies.trials("left")
    assert (first.run, first.values) == (open_trial.run, open_trial.values)
    assert list(first.curve) == [1, 2, 3, 4]
    assert (first.state, second.state) == ("complete", "complete")
    assert len(all_runs()) == 2


def test_a_study_that_can_only_fail_gives_up(config: TrainConfig, pretend: ModuleType) -> None:
    hot = (Parameter("learning_rate", (), 1.0, 2.0),)
    studies.create("hot", config, hot, trials=50)
    with study_worker._working(studies.folder("hot")) as worker:
        worker.run()
    assert len(studies.trials("hot")) == 3
    assert studies.state("hot") == "failed"
    assert "not a number" in studies.problem("hot")


def test_every_recipe_has_a_space_that_may_be_searched(dataset: PreparedDataset) -> None:
    from core.training.config import resolve

    tried = 0
    for entry in RECIPES:
        try:
            config = resolve(dataset, recipe=entry.name)
        except InputError:
            continue  # its network is larger than these images
        space = search_spaces.default_space(config)
        assert 3 <= len(space) <= 9, entry.name
        search_spaces.check_space(dataset, config, space)
        StudyPlan("s", config, space)
        tried += 1
    assert tried >= 4


def test_any_setting_varies_by_its_dotted_key(
    dataset: PreparedDataset, configure: Configure
) -> None:
    staged = configure(stages=[{"train": "head", "epochs": 1}, {"learning_rate": 1e-4}])
    values = {
        "stages.1.learning_rate": 2e-4,
        "class_weights": "balanced",
        "augmentation.flip": True,
        "model.head.dense": [32],
    }
    found = search_spaces.varied(dataset, staged, values)
    assert found.stages[1].learning_rate == 2e-4
    assert (found.class_weights, found.augmentation.flip) == ("balanced", True)
    assert found.model.head.dense == (32,)
    other = search_spaces.varied(dataset, staged, {"model.name": "custom_cnn_bn"})
    assert other.model.name == "custom_cnn_bn"
    assert other.stages == staged.stages


def test_ranges_are_read_as_written(config: TrainConfig) -> None:
    said = [
        "learning_rate=1e-05..0.01:log",
        "model.head.dropout=0..0.6:0.1",
        "epochs=5..20",
        "batch_size=8,16,32",
        'optimizer=adam,"sgd"',
        "model.head.dense=[32],[64, 32]",
    ]
    found = search_spaces.parse(config, said)
    assert [parameter.whole for parameter in found] == [False, False, True, False, False, False]
    assert found[4].choices == ("adam", "sgd")
    assert found[5].choices == ([32], [64, 32])
    for parameter, text in zip(found[:4], said[:4], strict=True):
        assert f"{parameter.key}={parameter.said()}" == text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("learning_rate", "key=range"),
        ("learning_rat=1..2", "learning_rate"),
        ("learning_rate=2..1", "less than"),
        ("learning_rate=0..1:log", "above 0"),
        ("learning_rate=a..b", "no range"),
        ("learning_rate=-1..1", "cannot be -1"),
        ("batch_size=8", "at least two"),
        ("batch_size=8,8", "twice"),
        ("batch_size=8..16.5", "whole"),
        ("optimizer=adam,lion", "cannot be"),
        ("dataset=a,b", "cannot be varied"),
        ("model.head.dropout=0..0.5:9", "step"),
        ("stages.0.learning_rate=1..2", "not known"),
        ("epochs.x=1..2", "not known"),
    ],
)
def test_a_space_that_cannot_be_is_refused_in_words(
    config: TrainConfig, wrong: str, told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        studies.create("wrong", config, search_spaces.parse(config, [wrong]))
    assert not studies.names()


def test_names_that_are_none_or_taken(config: TrainConfig) -> None:
    studies.create("taken", config, NARROW)
    with pytest.raises(InputError, match="already"):
        studies.create("taken", config, NARROW)
    with pytest.raises(ConfigError, match="name of a study"):
        studies.create("../x", config, NARROW)
    with pytest.raises(NotFound, match="taken"):
        studies.plan("other")
    with pytest.raises(InputError, match="Nobody works"):
        studies.stop("taken")
    for wish in ({"trials": 0}, {"pruner": "axe"}, {"metric": "luck"}):
        with pytest.raises(ConfigError):
            studies.create("odd", config, NARROW, **wish)


def test_the_best_trial_becomes_a_preset_or_a_run(
    config: TrainConfig,
    pretend: ModuleType,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs.dispatcher, "ensure", lambda: None)
    studies.create("s", config, NARROW, trials=2)
    assert main(["tune", "s", "--best"]) == 2
    assert "Wait for one" in capsys.readouterr().err
    work("s")
    assert main(["tune", "s", "--best", "--save-preset", "good", "--start", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    kept = presets.load("good")
    assert kept.learning_rate == told["values"]["learning_rate"]
    assert runs.find_run(told["started"]).config() == kept
    assert main(["tune", "s"]) == 0
    assert "2 complete of 2" in capsys.readouterr().out
    assert main(["tune", "nothing"]) == 2
    assert main(["stop", "s"]) == 2
    assert "Nobody works" in capsys.readouterr().err
    assert main(["tune", "s", "--delete"]) == 0
    assert studies.names() == []
    assert [folder.id for folder in all_runs()] == [told["started"]]
