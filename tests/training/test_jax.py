"""The same configuration trains on JAX where TensorFlow is not installed.

MAMMOLENS_JAX_PYTHON names an interpreter that has jax and keras; without it one is made
in `build/jax-env`, which needs a package index.
"""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import paths
from core.datasets.prepared import PreparedDataset
from core.domain.runs import RunState
from core.domain.training import Augmentation, TrainConfig
from core.models.loading import load_model
from core.services import runs
from core.training import augmentation, draws

CHANGES = Augmentation(
    flip=True, rotation=10, shift=0.1, zoom=0.1, shear=0.1, contrast=0.2, gamma=0.2, noise=0.03
)


def ask(python: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT), "KERAS_BACKEND": "jax"}
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [python, *arguments], env=environment, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.slow
def test_a_run_on_jax_gives_a_model_that_tensorflow_agrees_with(
    jax_python: str, configure: Callable[..., TrainConfig], dataset: PreparedDataset
) -> None:
    probe = "from importlib.util import find_spec; print(find_spec('tensorflow') is None)"
    assert ask(jax_python, "-c", probe).strip() == "True"
    config = configure(
        backend="jax",
        stages=[{"train": "head", "epochs": 1}, {"train": "all", "epochs": 2}],
        augmentation={"rotation": 5, "copies": 2},
        precision="mixed_bfloat16",
    )
    folder = runs.create(config)
    ask(jax_python, "-m", "core.training.worker", str(folder.path))
    assert folder.status().state is RunState.FINISHED
    assert [row["stage"] for row in runs.history(folder)] == [1, 2, 2]
    answers = pd.read_parquet(folder.predictions_file).set_index("image_id")
    rows = dataset.index["image_id"].isin(answers.index).to_numpy()
    images = (dataset.images[rows] / np.float32(255))[..., None]
    found = load_model(folder.model_file).predict_on_batch(images)[:, 0]
    expected = answers.loc[dataset.index["image_id"][rows], "p_malignant"]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.slow
def test_a_run_on_jax_resumes_bit_for_bit(
    jax_python: str, configure: Callable[..., TrainConfig]
) -> None:
    config = configure(backend="jax", epochs=2, optimizer="adamw")
    whole, broken = runs.create(config), runs.create(config)
    ask(jax_python, "-m", "core.training.worker", str(whole.path))
    broken.stop_file.touch()  # stops after the first step
    ask(jax_python, "-m", "core.training.worker", str(broken.path))
    assert broken.status().state is RunState.STOPPED
    ask(jax_python, "-m", "core.training.worker", str(broken.path))
    with np.load(whole.checkpoint_file) as one, np.load(broken.checkpoint_file) as other:
        names = [name for name in one.files if name.startswith(("v", "b"))]
        assert names
        assert all(np.array_equal(one[name], other[name]) for name in names)


@pytest.mark.slow
def test_augmented_pixels_are_the_same_on_jax(jax_python: str, tmp_path: Path) -> None:
    images = np.random.default_rng(0).uniform(size=(4, 31, 29, 1)).astype(np.float32)
    given = draws.draw(CHANGES, 3, np.arange(4, dtype=np.uint64), 31, 29)
    np.savez(tmp_path / "given.npz", images=images, tile=draws.noise_tile(3), **given)
    script = (
        "import sys, numpy as np\n"
        "from core.domain.training import Augmentation\n"
        "from core.training import augmentation\n"
        f"config = {CHANGES!r}\n"
        "given = dict(np.load(sys.argv[1]))\n"
        "images, tile = given.pop('images'), given.pop('tile')\n"
        "np.save(sys.argv[2], np.asarray(augmentation.apply(images, given, config, tile)))\n"
    )
    ask(jax_python, "-c", script, str(tmp_path / "given.npz"), str(tmp_path / "found.npy"))
    import keras

    own = {name: keras.ops.convert_to_tensor(values) for name, values in given.items()}
    tile = keras.ops.convert_to_tensor(draws.noise_tile(3))
    expected = keras.ops.convert_to_numpy(augmentation.apply(images, own, CHANGES, tile))
    np.testing.assert_allclose(np.load(tmp_path / "found.npy"), expected, atol=1e-4)
