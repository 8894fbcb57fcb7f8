"""A saved picture carries its answer and the notice, and the image unharmed."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.domain.card import (
    Calibration,
    ClassCard,
    ModelCard,
    OperatingPoint,
    TrainingData,
)
from core.domain.images import ImageFacts, Mammogram
from core.domain.prediction import Fitness, FitnessReport, Heatmap, Prediction
from core.domain.preprocess import PreprocessSpec
from ui import words
from ui.components import saved_picture
from ui.components.image_viewer import Look

CARD = ModelCard(
    "m",
    "Model",
    "",
    "",
    (),
    "cancer",
    (ClassCard("negative", "No cancer", ""), ClassCard("cancer", "Cancer", "")),
    PreprocessSpec("p", (), 8, 8),
    {},
    {},
    TrainingData("d", True, 1, 1, "", ""),
    {},
    "",
    OperatingPoint(0.5, ("cancer",), "", ""),
    Calibration(),
    "layer",
    {},
)


@pytest.fixture
def prediction() -> Prediction:
    pixels = np.full((300, 240), 0.5, np.float32)
    heat = np.zeros_like(pixels)
    heat[100:140, 80:120] = 1
    return Prediction(
        "m",
        CARD,
        Mammogram(pixels, ImageFacts("PNG", 300, 240, 8)),
        pixels[:8, :8],
        "cancer",
        {"negative": 0.2, "cancer": 0.8},
        (),
        FitnessReport(Fitness.FIT),
        Heatmap("grad-cam", "cancer", "layer", heat, 1.0),
    )


def opened(prediction: Prediction) -> np.ndarray:
    data = np.frombuffer(saved_picture.png(prediction, Look()), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def test_only_the_hot_region_is_coloured(prediction: Prediction) -> None:
    image = opened(prediction)[:300].astype(int)
    coloured = np.ptp(image, axis=2) > 10
    assert coloured[100:140, 80:120].all()
    assert coloured.sum() == 40 * 40


def test_the_caption_stands_under_the_image_and_fits_its_width(prediction: Prediction) -> None:
    strip = opened(prediction)[300:]
    assert strip.shape[1] == 240
    assert strip.max() > 150
    assert strip[:, -4:].max() == 0


def test_the_caption_says_the_answer_and_the_notice(prediction: Prediction) -> None:
    answer, notice = saved_picture._sentences(prediction)
    assert answer.startswith("Cancer, 80.0%: Model, Mammolens")
    assert answer.endswith("Heatmap for Cancer.")
    assert notice == words.NOTICE + "."


def test_without_an_answer_the_plain_image_is_saved(prediction: Prediction) -> None:
    plain = replace(prediction, label=None, probabilities={}, heatmap=None)
    assert np.ptp(opened(plain)[:300].astype(int), axis=2).max() == 0
