"""Several devices share a batch and come to the weights that one would have come to."""

import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from core import paths
from core.domain.runs import RunState
from core.domain.training import TrainConfig
from core.errors import ConfigError
from core.services import runs
from core.training import parallel
from core.training.run_folder import RunFolder

TWO_PROCESSORS = """
import sys
import tensorflow as tf
processor = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(processor, two)
from core.training.worker import main
sys.exit(main(sys.argv[1:]))
"""


def work(folder: RunFolder, command: list[str], **environment: str) -> None:
    own = {**os.environ, "PYTHONPATH": str(paths.ROOT), **environment}
    done = subprocess.run([*command, str(folder.path)], env=own, capture_output=True, text=True)
    assert done.returncode == 0, folder.status().reason + done.stderr[-3000:]
    assert folder.status().state is RunState.FINISHED


def assert_alike(one: RunFolder, other: RunFolder) -> None:
    """Sums in another order, three optimizer steps long."""
    with np.load(one.checkpoint_file) as first, np.load(other.checkpoint_file) as second:
        names = [name for name in first.files if name.startswith("v")]
        kinds = {first[name].dtype.kind for name in names}
        assert "f" in kinds
        for name in names:
            if first[name].dtype.kind == "f":
                np.testing.assert_allclose(first[name], second[name], atol=2e-5)


@pytest.fixture
def quiet(configure: Callable[..., TrainConfig]) -> Callable[..., TrainConfig]:
    """Without dropout, which each device draws for itself; SGD does not magnify rounding."""

    def make(**settings: object) -> TrainConfig:
        still = {"model.head.dropout": 0.0, "model.head.feature_dropout": 0.0, "optimizer": "sgd"}
        return configure(**{"epochs": 1, "augmentation.rotation": 10, **still, **settings})

    return make


@pytest.mark.slow
def test_two_devices_of_tensorflow_learn_what_one_learns(
    quiet: Callable[..., TrainConfig], trainer: object
) -> None:
    alone = trainer.start(quiet())
    shared = runs.create(quiet(gpus=2))
    work(shared, [sys.executable, "-c", TWO_PROCESSORS])
    assert any("2 devices" in note for note in shared.status().notes)
    assert_alike(alone.folder, shared)


@pytest.mark.slow
def test_two_devices_of_jax_learn_what_one_learns(
    quiet: Callable[..., TrainConfig], jax_python: str
) -> None:
    alone, shared = runs.create(quiet(backend="jax")), runs.create(quiet(backend="jax", gpus=2))
    worker = [jax_python, "-m", "core.training.worker"]
    work(alone, worker)
    work(shared, worker, XLA_FLAGS="--xla_force_host_platform_device_count=2")
    assert any("2 devices" in note for note in shared.status().notes)
    assert_alike(alone, shared)


def test_a_batch_that_cannot_be_shared_is_refused(
    configure: Callable[..., TrainConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "_devices", lambda _: ["a", "b", "c"])
    with (
        pytest.raises(ConfigError, match="multiple of 3"),
        parallel.shared_among(configure(batch_size=16, gpus=3)),
    ):
        pass
