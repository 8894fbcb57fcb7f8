"""Heatmaps by any method lie where the finding was drawn, and are measured in millimetres."""

import numpy as np
import pytest

from core.domain.images import ImageFacts, Mammogram
from core.domain.prediction import Heatmap, Prediction
from core.errors import InputError
from core.services import catalogue, diagnose, heatmaps, samples
from core.services.hot_regions import hot_regions
from core.services.samples import SampleCase
from core.services.sureness import VIEWS, sureness


@pytest.fixture(scope="module")
def case() -> SampleCase:
    return samples.open_sample("case-a")


@pytest.fixture(scope="module")
def prediction(case: SampleCase) -> Prediction:
    return diagnose.analyse(case.mammogram, catalogue.bundles("image")[0].name)


@pytest.mark.parametrize("method", ["hires-cam", "faster-score-cam", "integrated-gradients"])
def test_the_hottest_place_lies_in_the_finding(
    case: SampleCase, prediction: Prediction, method: str
) -> None:
    shares: list[float] = []
    drawn = heatmaps.draw(
        case.mammogram, prediction.model, target="malignant", method=method, progress=shares.append
    )
    assert drawn.values.shape == case.mammogram.pixels.shape
    assert drawn.values.max() == pytest.approx(1, abs=0.05)
    assert case.truth[0][np.unravel_index(int(drawn.values.argmax()), drawn.values.shape)]
    assert drawn.layer == ("image" if method == "integrated-gradients" else "conv4")


def test_an_analysis_with_another_method_differs_in_its_map_alone(
    case: SampleCase, prediction: Prediction
) -> None:
    other = diagnose.analyse(case.mammogram, prediction.model, method="layer-cam")
    assert other.heatmap
    assert other.heatmap.method == "layer-cam"
    assert prediction.heatmap
    assert prediction.heatmap.method == "grad-cam"
    assert other.probabilities == prediction.probabilities


def test_methods_and_classes_that_do_not_suit_are_refused(prediction: Prediction) -> None:
    image = prediction.mammogram
    with pytest.raises(InputError, match="Class map cannot explain"):
        heatmaps.draw(image, prediction.model, target="malignant", method="class-map")
    with pytest.raises(InputError, match="no method 'x-ray'"):
        heatmaps.draw(image, prediction.model, target="malignant", method="x-ray")
    with pytest.raises(InputError, match="no class 'cyst'"):
        heatmaps.draw(image, prediction.model, target="cyst")


def test_a_sure_answer_stays_when_the_image_is_taken_a_little_differently(
    prediction: Prediction,
) -> None:
    found = sureness(prediction)
    assert found
    assert found.views == len(VIEWS)
    assert found.agree == found.views
    own = prediction.probabilities["malignant"]
    assert found.low - 1e-4 <= own <= found.high + 1e-4
    assert found.low < found.high


def drawn(values: np.ndarray, spacing: tuple[float, float] | None) -> tuple[Heatmap, Mammogram]:
    facts = ImageFacts("DICOM", 400, 200, 12, spacing_mm=spacing)
    halved = np.diag([2.0, 2.0, 1.0])
    image = Mammogram(np.zeros(values.shape, np.float32), facts, halved)
    return Heatmap("grad-cam", "malignant", "last", values, float(values.max())), image


def test_hot_regions_are_boxes_in_millimetres_of_the_image_as_stored() -> None:
    values = np.zeros((200, 100), np.float32)
    values[20:40, 10:20], values[100:110, 50:80], values[5, 5] = 1.0, 0.7, 0.9
    first, second = hot_regions(*drawn(values, (0.1, 0.05)))
    assert (first.left, first.top, first.width, first.height) == (10, 20, 10, 20)
    assert first.size_mm == pytest.approx((10 * 2 * 0.05, 20 * 2 * 0.1))
    assert second.peak == pytest.approx(0.7)
    assert len(hot_regions(*drawn(values, None), level=0.8)) == 1
    assert hot_regions(*drawn(values, None))[0].size_mm is None


def test_an_empty_map_has_no_hot_regions() -> None:
    assert hot_regions(*drawn(np.zeros((200, 100), np.float32), None)) == []
