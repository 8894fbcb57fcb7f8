"""What is taken away says what it is: the answer, how it was reached, and what it is not for."""

import json
from dataclasses import replace

import pytest
from reportlab import rl_config

from core.domain.prediction import Fitness, FitnessReport, Prediction
from core.services import catalogue, diagnose, samples
from core.services.overlay import overlay
from core.services.result_document import NOTICE, result_document
from core.services.result_pdf import result_pdf
from core.services.sureness import Sureness


@pytest.fixture(scope="module")
def prediction() -> Prediction:
    case = samples.open_sample("case-a")
    return diagnose.analyse(case.mammogram, catalogue.bundles("image")[0].name)


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl_config, "pageCompression", 0)


def test_the_numbers_are_valid_json_with_regions_in_millimetres(prediction: Prediction) -> None:
    found = json.loads(json.dumps(result_document("Case A", prediction, Sureness(0.8, 0.9, 9, 9))))
    assert found["notice"] == NOTICE
    assert found["label"] == "malignant"
    assert found["steadiness"] == {"low": 0.8, "high": 0.9, "agree": 9, "views": 9}
    assert found["heatmap"]["method"] == "grad-cam"
    assert found["heatmap"]["regions"][0]["size_mm"][0] > 1
    assert found["synthetic"] is True


def test_the_report_holds_answer_pictures_cautions_card_and_notice(prediction: Prediction) -> None:
    drawn = overlay(prediction.mammogram.pixels, prediction.heatmap.values)
    made = result_pdf("Case A", prediction, drawn, ["A word of caution."], Sureness(0.8, 0.9, 8, 9))
    assert made.startswith(b"%PDF")
    for text in (b"Malignant, ", b"A word of caution.", b"8 had", NOTICE.encode(), b"weaknesses"):
        assert text in made
    assert made.count(b"/Subtype /Image") == 2


def test_a_refused_image_has_a_report_of_reasons(prediction: Prediction) -> None:
    refused = replace(
        prediction,
        label=None,
        probabilities={},
        heatmap=None,
        fitness=FitnessReport(Fitness.UNFIT, ("This is a colour picture.",)),
    )
    made = result_pdf("<odd> & „name“ 乳", refused, None)
    assert b"No answer" in made
    assert b"This is a colour picture." in made
    assert result_document("x", refused, None)["heatmap"] is None
