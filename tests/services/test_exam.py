"""Files become an answer for each view, breast and patient, with doubts and heatmaps."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.domain.cases import Case, Side, View
from core.domain.prediction import Fitness
from core.errors import InputError
from core.services import diagnose, exam, exam_context
from core.services.catalogue import bundle
from core.services.exam_views import by_patient, shown_view, view_files, with_facts
from core.services.gathering import Item

Views = dict[str, bytes]


def items(views: Views, folder: str = "") -> list[Item]:
    return [Item(folder + name, lambda data=data: data) for name, data in views.items()]


def test_every_view_has_a_heatmap_and_a_share_of_its_breast(
    exam_model: str, views_of_a_patient: Views
) -> None:
    (answer,) = exam.analyse_items(items(views_of_a_patient), exam_model)
    assert [one.views for one in answer.breasts.values() if one] == [2, 2]
    assert answer.probabilities["cancer"] == pytest.approx(
        1 - np.prod([one.probabilities["negative"] for one in answer.breasts.values() if one])
    )
    for side in (Side.LEFT, Side.RIGHT):
        own = [one for one in answer.views if one.case.laterality is side]
        for target in ("negative", "cancer"):
            drawn = [one.showing(target).heatmap for one in own]
            spoken = [heat for heat in drawn if heat and not heat.empty]
            shares = sum(one.shares[target] for one in own)
            assert shares == pytest.approx(1.0 if spoken else 0.0)
    shown = answer.views[0].showing("cancer")
    assert shown.heatmap is not None
    assert shown.heatmap.values.shape == shown.mammogram.pixels.shape
    assert json.loads(json.dumps(answer.to_document()))["known"]["age"]


def test_unlike_views_are_doubted_and_what_is_no_mammogram_is_left_out(
    exam_model: str, views_of_a_patient: Views
) -> None:
    blank = cv2.imencode(".png", np.zeros((300, 300), np.uint8))[1].tobytes()
    sent = {"right_cc.dcm": views_of_a_patient["right_cc.dcm"], "left_cc.png": blank}
    found = by_patient(view_files(items(sent)))
    answer = exam.read_exam(bundle(exam_model), "", [one for own in found.values() for one in own])
    right, left = answer.views
    assert right.prediction.fitness.status is Fitness.DOUBTFUL
    assert "unlike every image" in right.prediction.fitness.reasons[0]
    assert (left.read, left.prediction.label) == (False, None)
    assert answer.breasts["left"] is None
    assert answer.fitness.status is Fitness.DOUBTFUL
    assert any(reason.startswith("left_cc.png: The image is blank") for reason in
               answer.fitness.reasons)  # fmt: skip


def test_the_oldest_of_too_many_views_are_left_out_and_told(
    exam_model: str, views_of_a_patient: Views
) -> None:
    mammogram = diagnose.preview(views_of_a_patient["left_cc.dcm"])
    views = [
        shown_view(f"{year}-{n}", mammogram, b"", Side.LEFT, View.CC, str(year))
        for year in (2020, 2021)
        for n in range(3)
    ]
    answer = exam.read_exam(bundle(exam_model), "", views)
    assert [one.read for one in answer.views] == [False, True, True, True, True, True]
    assert any("at most 5 views" in note for note in answer.notes)
    assert answer.known["exams"] == 2


def test_one_image_is_an_exam_of_one_view(exam_model: str, views_of_a_patient: Views) -> None:
    mammogram = diagnose.preview(views_of_a_patient["right_mlo.dcm"])
    said = diagnose.analyse(mammogram, exam_model, target="cancer")
    (answer,) = exam.analyse_items(items({"x.dcm": views_of_a_patient["right_mlo.dcm"]}),
                                   exam_model)  # fmt: skip
    assert said.probabilities == answer.breasts["right"].probabilities
    assert said.heatmap is not None
    assert said.heatmap.target == "cancer"
    assert exam.ONE_VIEW in answer.notes


def test_what_is_told_counts_and_can_be_of_one_patient_only(
    exam_model: str, views_of_a_patient: Views
) -> None:
    sent = items(views_of_a_patient)
    plain, older, unknown = (
        exam.analyse_items(sent, exam_model, told=told)[0]
        for told in ({}, {"age": 90.0}, {"age": None})
    )
    assert (older.known["age"], unknown.known["age"]) == (90.0, None)
    assert len({one.probabilities["cancer"] for one in (plain, older, unknown)}) == 3
    two = [*sent, Item("elsewhere/a.png", lambda: b"")]
    with pytest.raises(InputError, match="age would be told of 2 patients"):
        exam.analyse_items(two, exam_model, told={"age": 90.0})


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [("age", "61", 61.0), ("density", "c", "C"), ("density", "3", "C"), ("implant", "no", False),
     ("machine", " Senograph ", "Senograph"), ("age", "Unknown", None)],
)  # fmt: skip
def test_what_a_person_tells_is_read(name: str, text: str, wanted: object) -> None:
    assert exam_context.parse({name: text}) == {name: wanted}


@pytest.mark.parametrize(
    ("name", "text"),
    [("age", "old"), ("age", "-1"), ("age", "nan"), ("age", "121"), ("density", "E"),
     ("implant", "perhaps"), ("machine", "a\nb"), ("machine", "x" * 65)],
)  # fmt: skip
def test_nonsense_is_refused_with_what_is_allowed(name: str, text: str) -> None:
    with pytest.raises(InputError, match=rf"{name} is .*Allowed: .* or unknown"):
        exam_context.parse({name: text})


def test_folders_tell_patients_apart_where_no_header_does() -> None:
    names = ("visits.zip/ann/2020/l.png", "visits.zip/eve/2020/l.png", "visits.zip/ann/2020/r.png")
    found = by_patient(view_files(Item(name, lambda: b"no header") for name in names))
    assert {who: len(views) for who, views in found.items()} == {
        "visits.zip/ann/2020": 2,
        "visits.zip/eve/2020": 1,
    }
    alone = by_patient(view_files(Item(name, lambda: b"") for name in ("l.png", "r.png")))
    assert list(alone) == ["exam"]


def test_a_header_that_inflates_or_ends_early_is_not_trusted(views_of_a_patient: Views) -> None:
    whole = views_of_a_patient["left_cc.dcm"]
    deflated = whole[:132] + b"1.2.840.10008.1.2.1.99" + whole[132:]
    for data, why in ((whole, "the DICOM header"), (deflated, "the folder"), (b"", "the folder")):
        (one,) = view_files([Item("a/x.dcm", lambda data=data: data)])
        assert one.why == why


def test_a_side_that_a_person_took_away_is_not_found_again(views_of_a_patient: Views) -> None:
    mammogram = diagnose.preview(views_of_a_patient["left_cc.dcm"])
    one = shown_view("left_cc.dcm", mammogram, b"", None, None, None)
    assert isinstance(one.case, Case)
    assert with_facts(one, mammogram).case.laterality is None
    assert Path(one.name).stem == "left_cc"
