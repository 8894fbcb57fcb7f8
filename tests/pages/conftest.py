"""Pages run against services that answer at once, so that the tests judge pages alone."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.domain.card import (
    Calibration,
    ClassCard,
    Interval,
    ModelCard,
    OperatingPoint,
    TrainingData,
)
from core.domain.cases import Case, Finding, FindingKind, Pathology, Side, View
from core.domain.images import ImageFacts, Mammogram
from core.domain.prediction import Fitness, FitnessReport, Heatmap, Prediction
from core.domain.preprocess import PreprocessSpec
from core.errors import ImageError
from core.services import catalogue, diagnose, inference, samples, sureness
from core.services.catalogue import Bundle
from core.services.samples import Sample, SampleCase
from core.services.sureness import Sureness

ROOT = Path(__file__).resolve().parents[2]
ROWS, COLUMNS = 192, 160

CARD = ModelCard(
    name="small",
    title="Small test network",
    summary="Sorts an image into normal or malignant.",
    intended_use="To test pages.",
    weaknesses=("It has never seen a patient.",),
    task="cancer",
    classes=(
        ClassCard("normal", "Normal", "The model sees nothing."),
        ClassCard("malignant", "Malignant", "The model sees a finding that looks like cancer."),
    ),
    preprocessing=PreprocessSpec("plain", (), 64, 64),
    model={},
    training={},
    data=TrainingData("phantoms", True, 400, 100, "By patient.", "Free."),
    metrics={"auc": Interval(0.8734, 0.84, 0.9, 120), "sensitivity": Interval(0.8, 0.7, 0.9, 60)},
    measured_on="120 held-out phantom images",
    operating_point=OperatingPoint(0.35, ("malignant",), "validation", "nine in ten are found"),
    calibration=Calibration(),
    explanation_layer="last",
    versions={"mammolens": "0.1.0"},
)
SAMPLES = (
    Sample("spot", "A round spot", Pathology.MALIGNANT, 0, Side.LEFT, View.MLO),
    Sample("quiet", "A quiet breast", Pathology.NORMAL, 1, Side.LEFT, View.CC),
)


class Services:
    """What the faked services were asked, and what they shall answer."""

    def __init__(self, folder: Path) -> None:
        self.bundles = [Bundle("small", folder, CARD, shipped=True)]
        self.asked: list[str | None] = []
        self.fitness = FitnessReport(Fitness.FIT)
        self.raw_max = 2.0
        self.chance = 0.873
        self.fault: Exception | None = None
        self.steadiness = Sureness(0.81, 0.9, 9, 9)
        self.members: tuple[float, ...] = ()  # what each of several networks gives malignant

    def listed(self, *kinds: str) -> list[Bundle]:
        return [one for one in self.bundles if not kinds or one.card.kind in kinds]

    def open_sample(self, name: str) -> SampleCase:
        rows, columns = np.mgrid[:ROWS, :COLUMNS]
        spot = (rows - 60) ** 2 + (columns - 50) ** 2 < 20**2
        pixels = np.where(spot, 0.9, 0.3).astype(np.float32)
        ill = name == "spot"
        finding = Finding(FindingKind.MASS, Pathology.MALIGNANT, note="irregular")
        pathology = Pathology.MALIGNANT if ill else Pathology.NORMAL
        case = Case(name, "p", "phantom", "x", pathology=pathology, findings=(finding,) * ill)
        return SampleCase(b"", Mammogram(pixels, facts()), (spot,) * ill, case)

    def preview(self, source: bytes | Path, filename: str) -> Mammogram:
        data = source.read_bytes() if isinstance(source, Path) else source
        if not data.startswith(b"image"):
            raise ImageError(f"{filename} is not an image Mammolens can read. Choose another file.")
        return Mammogram(np.full((ROWS, COLUMNS), 0.5, np.float32), facts())

    def analyse(self, mammogram: Mammogram, model: str, **wanted: Any) -> Prediction:
        if self.fault:
            raise self.fault
        target = wanted.get("target")
        self.asked.append(target)
        if say := wanted.get("progress"):
            say("Looking for signs", 0.6)
        if self.fitness.status is Fitness.UNFIT:
            return self._prediction(mammogram, model, None, {}, None)
        heat = np.zeros_like(mammogram.pixels)
        heat[40:80, 30:70] = 1
        drawn = Heatmap("grad-cam", target or "malignant", "last", heat, self.raw_max)
        chances = {"normal": 1 - self.chance, "malignant": self.chance}
        return self._prediction(mammogram, model, "malignant", chances, drawn)

    def _prediction(
        self,
        mammogram: Mammogram,
        model: str,
        label: str | None,
        probabilities: dict[str, float],
        heatmap: Heatmap | None,
    ) -> Prediction:
        prepared = np.zeros((64, 64), np.float32)
        return Prediction(
            model,
            self.bundles[0].card,
            mammogram,
            prepared,
            label,
            probabilities,
            (),
            self.fitness,
            heatmap,
            members=tuple({"normal": 1 - share, "malignant": share} for share in self.members),
        )


def facts() -> ImageFacts:
    return replace(
        ImageFacts("DICOM", ROWS, COLUMNS, 12, modality="MG"),
        laterality=Side.LEFT,
        view=View.MLO,
        age=61.0,
    )


@pytest.fixture
def services(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    fake = Services(workspace)
    st.cache_resource.clear()
    st.cache_data.clear()
    monkeypatch.setattr(catalogue, "bundles", fake.listed)
    monkeypatch.setattr(samples, "samples", lambda: SAMPLES)
    monkeypatch.setattr(samples, "open_sample", fake.open_sample)
    monkeypatch.setattr(diagnose, "preview", fake.preview)
    monkeypatch.setattr(diagnose, "analyse", fake.analyse)
    monkeypatch.setattr(sureness, "sureness", lambda _prediction: fake.steadiness)
    monkeypatch.setattr(inference, "is_warm", lambda _name: True)
    monkeypatch.setattr(diagnose, "is_warm", lambda _name: True)
    return fake


Say = Callable[[AppTest], str]


@pytest.fixture
def said() -> Say:
    """Every word on the page, for tests that ask whether something is said."""
    kinds = ("markdown", "html", "caption", "title", "header", "info", "warning", "error")

    def words(app: AppTest) -> str:
        parts = [str(element.value or "") for kind in kinds for element in app.get(kind)]
        return "\n".join(parts + [f"{metric.label} {metric.value}" for metric in app.metric])

    return words


@pytest.fixture
def app(services: Services, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)


@pytest.fixture
def run_alone(workspace: Path) -> Callable[[str], str]:
    """Runs code in a Python of its own, where nothing is imported yet."""

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    return run
