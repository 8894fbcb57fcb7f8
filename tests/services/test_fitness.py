"""What is plainly no mammogram gets no answer, what looks odd a warning, a phantom neither."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.images import ImageFacts, Mammogram
from core.domain.prediction import Fitness, FitnessReport
from core.preprocessing.decoding import decode
from core.services import catalogue, samples
from core.services.fitness import assess
from core.services.framing import framed
from core.services.likeness import share_nearer


def judged(mammogram: Mammogram) -> FitnessReport:
    bundle = catalogue.bundles("image")[0]
    return assess(mammogram, framed(mammogram, bundle.card), bundle)


def picture(grey: NDArray[np.generic]) -> Mammogram:
    return decode(bytes(cv2.imencode(".png", np.asarray(grey).astype(np.uint8))[1]))


@pytest.fixture(scope="module")
def phantom() -> Mammogram:
    return samples.open_sample("case-b").mammogram


def test_a_phantom_of_a_patient_never_seen_is_fit(phantom: Mammogram) -> None:
    assert judged(phantom) == FitnessReport(Fitness.FIT)


def test_what_the_header_says_is_believed(phantom: Mammogram) -> None:
    scan = replace(phantom, facts=replace(phantom.facts, modality="CT"))
    assert judged(scan).status is Fitness.UNFIT
    assert "type CT" in judged(scan).reasons[0]
    film = replace(phantom, facts=replace(phantom.facts, modality="CR", body_part="BREAST"))
    assert judged(film).status is Fitness.DOUBTFUL
    coloured = replace(phantom, facts=replace(phantom.facts, colour=True))
    assert "colour" in judged(coloured).reasons[0]
    several = replace(phantom, facts=replace(phantom.facts, frames=3))
    assert "3 pictures" in judged(several).reasons[0]


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_images_are_refused_also_with_a_label(level: int) -> None:
    blank = np.full((500, 400), level, np.uint8)
    assert "blank" in judged(picture(blank)).reasons[0]
    cv2.putText(blank, "R", (200, 60), cv2.FONT_HERSHEY_SIMPLEX, 1, 255 - level, 2)
    assert judged(picture(blank)).status is Fitness.UNFIT


def test_noise_boards_and_writing_are_refused() -> None:
    draw = np.random.default_rng(1)
    down, across = np.mgrid[:500, :400]
    for grey in (
        draw.integers(0, 256, (500, 400)),
        255 * ((down // 40 + across // 40) % 2),
        down / 2,
    ):
        found = judged(picture(grey))
        assert found.status is Fitness.UNFIT
        assert "does not show a breast" in found.reasons[0]


def test_tiny_images_are_refused_with_their_size() -> None:
    facts = ImageFacts("PNG", 100, 90, 8)
    tiny = Mammogram(np.random.default_rng(0).random((100, 90), np.float32), facts)
    assert any("90 by 100 pixels" in reason for reason in judged(tiny).reasons)


def test_a_breast_that_the_model_finds_unusual_is_answered_with_a_warning(
    phantom: Mammogram,
) -> None:
    stripes = (0.15 * np.sin(np.arange(phantom.pixels.shape[1]) / 6)).astype(np.float32)
    odd = np.where(phantom.pixels > 0.05, np.clip(phantom.pixels + stripes, 0.06, 1), 0)
    found = judged(replace(phantom, pixels=odd.astype(np.float32)))
    assert found.status is Fitness.DOUBTFUL
    assert "To the model it looks" in found.reasons[-1]


def test_a_model_without_a_reference_judges_by_header_and_outline_alone(
    phantom: Mammogram, tmp_path
) -> None:
    bundle = catalogue.bundles("image")[0]
    frame = framed(phantom, bundle.card)
    assert share_nearer(frame, bundle) is not None
    assert share_nearer(frame, replace(bundle, path=tmp_path)) is None
