"""A published cross-validation answers as its networks do together, and says what was measured."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import paths
from core.__main__ import main
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.card import ModelCard
from core.domain.groups import Group
from core.domain.models import LOGITS
from core.domain.runs import RunState, RunStatus
from core.domain.training import Sequence, TrainConfig
from core.errors import ConfigError, InputError, RunError
from core.explanation import methods
from core.explanation.gradcam import Explainer
from core.models.ensemble import open_model
from core.models.factory import build
from core.models.loading import load_model
from core.services import crossval, export, groups, inference, out_of_fold, publishing, runs
from core.services.catalogue import Bundle, bundle, bundles
from core.services.evaluate import evaluate, judge
from core.services.publish import publish
from core.services.subjects import fingerprint, subject
from core.training import dispatcher
from core.training.config import resolve
from core.training.run_folder import RunFolder

Configure = Callable[..., TrainConfig]
MakeDataset = Callable[..., PreparedDataset]
NAME = "together"


def pretend(folder: RunFolder, seed: int) -> None:
    """Finished, with a network of random weights, and answers better than chance."""
    config = folder.config()
    index = open_prepared(config.dataset).index[["image_id", "patient_id", "class"]]
    part = pd.read_parquet(folder.path / "split.parquet")["part"].to_numpy()
    asked = index.assign(part=part)
    asked = asked[asked["part"].isin(["validation", "test"])].reset_index(drop=True)
    classes = config.model.classes
    place = asked["class"].map(classes.index).to_numpy()
    random = np.random.default_rng(seed)
    right = place[:, None] == np.arange(len(classes))
    wide = 2 * right + random.normal(size=right.shape)
    logits = wide[:, 1:] - wide[:, :1] if len(classes) == 2 else wide
    shares = np.exp(wide) / np.exp(wide).sum(axis=1, keepdims=True)
    asked["predicted"] = np.array(classes, object)[wide.argmax(axis=1)]
    for number, name in enumerate(classes):
        asked[f"p_{name}"] = shares[:, number]
    for number in range(logits.shape[1]):
        asked[f"logit_{number}"] = logits[:, number] * (seed + 1)
    asked.to_parquet(folder.predictions_file, index=False)
    build(config.model, seed=seed).save(folder.model_file)
    folder.write_status(RunStatus(RunState.FINISHED, epoch=1, epochs=1))


@pytest.fixture
def group(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> Group:
    monkeypatch.setattr(dispatcher, "ensure", lambda: None)
    config = configure(epochs=1, leakage_check=False)
    made = crossval.go_on(crossval.plan(config, folds=3, title="Spots").id)
    for number, item in enumerate(made.runs):
        pretend(RunFolder(paths.runs() / item.run), number)
    return made


@pytest.fixture
def published(group: Group) -> Bundle:
    publish(group.id, NAME)
    return bundle(NAME)


def images(count: int = 4) -> np.ndarray:
    return np.random.default_rng(1).random((count, 32, 32, 1)).astype(np.float32)


def test_its_card_tells_what_the_cross_validation_measured(group: Group, published: Bundle) -> None:
    card, measured = published.card, out_of_fold.result(group)
    assert {name: card.metrics[name] for name in measured.pooled} == measured.pooled
    assert card.operating_point.threshold == measured.threshold
    assert card.metrics["breast_auc"].n == 96
    assert "never saw its patient" in card.measured_on
    assert "was not itself measured" in card.measured_on
    assert [member.run for member in card.members] == [item.run for item in group.runs]
    fitted = out_of_fold.predictions(group).groupby("run")["temperature"].first()
    assert [member.temperature for member in card.members] == [fitted[i.run] for i in group.runs]
    assert (card.data.images, card.data.patients) == (96, 48)
    assert {one.by for one in card.by_group} <= {"machine", "density", "age_band", "view"}
    assert 0 < card.baselines["age"].value < 1
    assert ModelCard.from_json(card.to_json()) == card
    page = (published.path / "README.md").read_text()
    assert "3 networks" in page
    assert "age alone" in page


def test_an_old_card_has_no_members_and_no_groups(published: Bundle) -> None:

    raw = json.loads(published.card.to_json())
    for name in ("members", "by_group", "baselines"):
        del raw[name]
    old = ModelCard.from_json(json.dumps(raw))
    assert (old.members, old.by_group, old.baselines) == ((), (), {})


def test_its_logits_are_the_mean_of_calibrated_logits(published: Bundle) -> None:
    import keras

    asked, expected = images(), []
    for member in published.card.members:
        model = load_model(published.path / member.file)
        logits = keras.Model(model.input, model.get_layer(LOGITS).output)
        expected.append(np.asarray(logits(asked)) / member.temperature + member.shift)
    loaded = inference.get(NAME)
    found, _ = loaded.explain(asked, None)
    assert found == pytest.approx(np.mean(expected, axis=0), abs=1e-5)
    each = loaded.explainer(asked).networks
    assert np.moveaxis(each, 1, 0) * 3 == pytest.approx(np.stack(expected), abs=1e-5)


def test_its_heatmap_is_the_sum_of_its_networks_heatmaps(published: Bundle) -> None:
    asked, layer = images(), published.card.explanation_layer
    expected = [
        Explainer(load_model(published.path / member.file), layer)(asked, 1).maps
        / (3 * member.temperature)
        for member in published.card.members
    ]
    model = open_model(published.model_file, published.card.members)
    assert np.sum(expected, axis=0).max() > 0
    assert Explainer(model, layer)(asked, 1).maps == pytest.approx(np.sum(expected, axis=0))
    for name, method in methods().items():
        drawn = method.make(model, layer)(asked[:1], 1)
        assert np.isfinite(drawn).all(), name


def test_a_missing_network_is_refused_in_a_sentence(published: Bundle) -> None:
    (published.path / "model-2.keras").unlink()
    for ask in (lambda: inference.get(NAME), lambda: fingerprint(subject(NAME))):
        with pytest.raises(ConfigError, match=r"3 networks.*model-2\.keras cannot be found"):
            ask()
    assert main(["evaluate", NAME, "--dataset", "spots"]) == 2


def test_its_own_data_is_all_training_data(group: Group, published: Bundle) -> None:
    found = judge(NAME, "spots")
    assert found.sample.n == 96
    first = evaluate(found, resamples=20).cautions[0]
    assert first.title == "Images the model was trained on"
    assert "96 of 96 images" in first.text
    assert f"python -m core evaluate {group.id}" in first.text
    crossval.delete(group.id)
    again = evaluate(judge(NAME, "spots"), resamples=20).cautions[0]
    assert "Its card tells" in again.text


def test_what_was_kept_aside_is_its_test(configure: Configure, group: Group) -> None:
    config = configure(epochs=1, leakage_check=False)
    made = crossval.go_on(crossval.plan(config, folds=2, keep_test="default").id)
    for number, item in enumerate(made.runs):
        pretend(RunFolder(paths.runs() / item.run), number)
    publish(made.id, "aside")
    found = judge("aside", "spots")
    assert found.part == "test"
    assert found.sample.n == 24
    assert not [c for c in evaluate(found, resamples=20).cautions if "trained on" in c.title]


def test_several_seeds_and_more_classes_answer_together(
    configure: Configure, make_dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "ensure", lambda: None)
    dataset = make_dataset("four", classes=("normal", "benign", "cyst", "malignant"))
    config = resolve(dataset, settings={"epochs": 1, "leakage_check": False})
    made = crossval.go_on(crossval.plan(config, folds=2, seeds=(0, 1)).id)
    for number, item in enumerate(made.runs):
        pretend(RunFolder(paths.runs() / item.run), number)
    publish(made.id, NAME)
    card = bundle(NAME).card
    assert [(one.seed, one.fold) for one in card.members] == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert card.metrics["macro_auc"].n == 96
    found = inference.get(NAME).explainer(images())
    assert found.networks.shape == (4, 4, 4)
    assert found.networks.sum(axis=1) == pytest.approx(found.logits, abs=1e-5)


def test_it_is_exported_as_one_network(published: Bundle) -> None:
    made = export.export(NAME, "keras")
    found = load_model(Path(made.path))(images())
    own = open_model(published.model_file, published.card.members)(images())
    assert np.asarray(found) == pytest.approx(np.asarray(own))


def test_what_cannot_be_published_is_refused(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(group.id, NAME)
    with pytest.raises(InputError, match="There is a model"):
        publish(group.id, NAME)
    assert [item.name for item in publishing.published(group.id)] == [NAME]
    assert not publishing.hindrance(group.id)
    of_exams = replace(group.training, sequence=Sequence())
    with monkeypatch.context() as patch:
        patch.setattr(groups, "read", lambda _: replace(group, training=of_exams))
        with pytest.raises(InputError, match=f"core publish {group.runs[0].run} NAME"):
            publish(group.id, "exams")
    runs.delete(group.runs[1].run)
    with pytest.raises(InputError, match="2 of the 3 networks"):
        publish(group.id, "fewer")
    assert "deleted" in publishing.hindrance(group.id)
    assert [item.name for item in bundles() if not item.shipped] == [NAME]


def test_an_unfinished_group_is_refused(group: Group) -> None:
    last = RunFolder(paths.runs() / group.runs[2].run)
    last.write_status(RunStatus(RunState.RUNNING, epoch=0, epochs=1))
    with pytest.raises(InputError, match="2 of 3 folds"):
        publish(group.id, NAME)


def test_a_full_disk_leaves_no_half_model(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(group.id, NAME)
    before = bundle(NAME).card

    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(RunError, match="No space left on device"):
            publish(group.id, NAME, replace=True)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 0))
        with pytest.raises(InputError, match="B free"):
            publish(group.id, "other")
    assert bundle(NAME).card == before
    assert [folder.name for folder in paths.models().iterdir()] == [NAME]
    # As a process killed half way would leave it.
    shutil.copytree(paths.models() / NAME, paths.models() / f".{NAME}.new")
    assert [item.name for item in bundles() if not item.shipped] == [NAME]
