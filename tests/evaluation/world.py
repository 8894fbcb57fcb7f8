"""A small world to evaluate in: a prepared dataset with outlined spots, and a model that sees them.

The model is made by hand: it averages seven by seven pixels and answers by the brightest
place, so that it needs no training and its heatmap is known.
"""

import json
import shutil
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd

from core import paths
from core.datasets.findings import to_json
from core.datasets.prepared import COLUMNS, PreparedDataset, open_prepared
from core.domain.card import (
    Calibration,
    ClassCard,
    Interval,
    ModelCard,
    OperatingPoint,
    TrainingData,
)
from core.domain.cases import Circle, Finding, FindingKind
from core.domain.dataset import DatasetInfo, SplitInfo
from core.domain.preprocess import PreprocessSpec

SIZE = 32
SPEC = PreprocessSpec("test", (), SIZE, SIZE)
PARTS = ("train", "validation", "test", "test")


def write_dataset(
    name: str = "spots", patients: int = 60, seed: int = 0, spec: PreprocessSpec = SPEC
) -> PreparedDataset:
    """Two images a patient; those of a malignant case hold a bright disc."""
    rng = np.random.default_rng(seed)
    folder = paths.datasets() / name
    (folder / "splits").mkdir(parents=True)
    positive = np.repeat(rng.random(patients) < 0.4, 2)
    images, findings = _images(rng, positive)
    np.save(folder / "images.npy", images)
    table = _table(rng, positive, findings, seed)
    table.to_parquet(folder / "index.parquet", index=False)
    info = DatasetInfo(
        name,
        "test",
        str(folder),
        spec,
        "cancer",
        ("negative", "cancer"),
        len(images),
        patients,
        0,
        True,
        "2026-01-01",
        0.0,
        {},
        {"images.npy": f"{name}-{seed}-{patients}"},
    )
    (folder / "dataset.json").write_text(json.dumps(asdict(info)))
    made = open_prepared(name)
    parts = np.repeat(np.resize(PARTS, patients), 2)
    split = pd.DataFrame({"image_id": table["image_id"], "part": parts})
    made.save_split(SplitInfo("default", "fractions", 0), split)
    return made


def _images(rng: np.random.Generator, positive: np.ndarray) -> tuple[np.ndarray, list[str]]:
    images = rng.normal(60, 20, (len(positive), SIZE, SIZE))
    rows, columns = np.ogrid[:SIZE, :SIZE]
    findings = []
    for image, sick in zip(images, positive, strict=True):
        image[:, 26:] = 0  # air beside the breast
        if not sick:
            findings.append("[]")
            continue
        y, x = (float(v) for v in rng.integers(5, 21, 2))
        image[(rows - y) ** 2 + (columns - x) ** 2 <= 9] += float(rng.uniform(20, 120))
        findings.append(to_json([Finding(FindingKind.MASS, shape=Circle(x, y, 3.5))]))
    return images.clip(0, 255).astype(np.uint8), findings


def _table(
    rng: np.random.Generator, positive: np.ndarray, findings: list[str], seed: int
) -> pd.DataFrame:
    count = len(positive)
    owners = [f"p{seed}-{number // 2:03d}" for number in range(count)]
    known = {
        "image_id": [f"i{seed}-{number:03d}" for number in range(count)],
        "patient_id": owners,
        "group": owners,
        "source": "test",
        "path": "x",
        "view": np.resize(["CC", "MLO"], count),
        "density": rng.choice(["A", "B"], count),
        "machine": np.where(rng.random(count) < 0.5, "1", "2"),
        "age": rng.uniform(35, 80, count),
        "cancer": positive,
        "class": np.where(positive, "cancer", "negative"),
        "findings": findings,
        "source_rows": SIZE,
        "source_columns": SIZE,
        "to_source": [np.eye(3).ravel().tolist()] * count,
        "mean": rng.random(count),
    }
    return pd.DataFrame({column: known.get(column) for column in COLUMNS}, index=range(count))


@lru_cache(maxsize=2)
def _model_file(gain: float) -> Path:
    import keras

    image = keras.Input((SIZE, SIZE, 1))
    maps = keras.layers.Conv2D(1, 7, padding="same", activation="relu", name="maps")(image)
    peak = keras.layers.GlobalMaxPooling2D()(maps)
    logits = keras.layers.Dense(1, name="logits")(peak)
    share = keras.layers.Activation("sigmoid", name="probability")(logits)
    model = keras.Model(image, share)
    model.get_layer("maps").set_weights([np.full((7, 7, 1, 1), 1 / 49), np.zeros(1)])
    model.get_layer("logits").set_weights([np.full((1, 1), gain), np.full(1, -gain * 0.34)])
    file = Path(mkdtemp()) / "model.keras"
    model.save(file)
    return file


def write_model(
    name: str = "seer", gain: float = 40.0, trained_on: PreparedDataset | None = None
) -> Path:
    folder = paths.models() / name
    folder.mkdir(parents=True)
    shutil.copyfile(_model_file(gain), folder / "model.keras")
    (folder / "card.json").write_text(card(name, trained_on).to_json())
    return folder


def card(name: str, trained_on: PreparedDataset | None = None) -> ModelCard:
    info = trained_on.info if trained_on else None
    details = {"checksums": info.checksums} if info else {}
    return ModelCard(
        name=name,
        title=f"The {name}",
        summary="Finds bright spots.",
        intended_use="Tests.",
        weaknesses=("It sees spots only.",),
        task="cancer",
        classes=(ClassCard("negative", "No cancer", "-"), ClassCard("cancer", "Cancer", "-")),
        preprocessing=SPEC,
        model={},
        training={"recipe": "c-context"},
        data=TrainingData(info.name if info else "gone", True, 1, 1, "default", "", details),
        metrics={"auc": Interval(0.9, 0.8, 1.0, 9), "f1": Interval(0.5, 0.4, 0.6, 9)},
        measured_on="nothing",
        operating_point=OperatingPoint(0.5, ("cancer",), "validation part of spots", "Half."),
        calibration=Calibration(2.0, "validation part of spots"),
        explanation_layer="maps",
        versions={},
    )


def change_card(name: str, **changes: Any) -> None:
    file = paths.models() / name / "card.json"
    found = ModelCard.from_json(file.read_text())
    file.write_text(replace(found, **changes).to_json())
