"""A cross-validation of a model of whole exams is judged breast by breast, out of fold."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.models import loading
from core.services import crossval, groups, out_of_fold
from core.services.evaluate import evaluate, judge
from core.training import dispatcher, predictions, subject
from core.training.run_folder import RunFolder

SEQUENCE = {"sequence.slots": 3, "sequence.units": 8, "batch_size": 8, "epochs": 1}


def pretend(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run has finished; its answers lie near the truth of each breast."""
    data = subject.open_data(folder.config(), folder.path)

    def near(_model: object, _layers: object, _reader: Any, rows: Any) -> tuple[Any]:
        draws = np.random.default_rng(int(rows[0])).normal(size=(len(rows), 2))
        return ((2 * (data.targets[rows] > 0) - 1 + draws).astype(np.float32),)

    monkeypatch.setattr(predictions, "outputs", near)
    monkeypatch.setattr(loading, "load_model", lambda _file: None)
    predictions.write_predictions(folder, data)
    folder.write_status(RunStatus(RunState.FINISHED, epoch=1, epochs=1))


def test_every_breast_is_answered_by_the_fold_that_held_its_patient_out(
    configure: Callable[..., TrainConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "ensure", lambda: None)
    planned = crossval.plan(configure(**SEQUENCE, leakage_check=False), folds=2)
    made = crossval.go_on(planned.id)
    for item in made.runs:
        folder = groups.run_folder(item.run)
        assert folder is not None
        pretend(folder, monkeypatch)
    table = out_of_fold.whole(made)
    found = judge(made.id, "spots")
    assert found.unit == "breasts"
    assert len(found.rows) == len(table) == 96
    sides = found.index["laterality"].to_numpy()
    names = [f"{who}-{side}" for who, side in zip(found.index["patient_id"], sides, strict=True)]
    known = table.set_index("image_id")
    np.testing.assert_allclose(found.logits[:, 0], known.loc[names, "logit_0"])
    classes = np.array(found.subject.class_names, object)
    assert (classes[found.targets] == known.loc[names, "class"]).all()
    report = evaluate(found, resamples=20)
    assert (report.judged.unit, report.figures["auc"].n) == ("breasts", 96)
