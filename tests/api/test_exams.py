"""A model of whole exams over HTTP: the numbers of the command line, views, and clear refusals."""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from core.__main__ import main

Serve = Callable[..., httpx.Client]
Views = dict[str, bytes]


def sent(views: Views) -> list[tuple[str, tuple[str, bytes]]]:
    return [("file", one) for one in views.items()]


def test_it_is_listed_with_its_kind_after_the_others(exam_model: str, serve: Serve) -> None:
    listed = serve(model="").get("/models").json()["models"]
    assert (listed[-1]["name"], listed[-1]["kind"]) == (exam_model, "exam")
    assert listed[-1]["methods"] == ["grad-cam"]
    assert listed[0]["default"]


def test_the_numbers_are_those_of_the_command_line(
    exam_model: str, serve: Serve, views_of_a_patient: Views, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, data in views_of_a_patient.items():
        (tmp_path / name).write_bytes(data)
    files = [str(tmp_path / name) for name in views_of_a_patient]
    line = ["predict", exam_model, *files, "--json", "--density", "C"]
    assert main([*line, "--heatmap", str(tmp_path / "heat")]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    asked = {"model": exam_model, "heatmap": "true", "density": "C"}
    reply = serve().post("/predict", data=asked, files=sent(views_of_a_patient))
    assert reply.status_code == 200
    (found,) = reply.json()["results"]
    assert found["breasts"] == said["breasts"]
    assert reply.json()["predictions"] == [list(said["probabilities"].values())]
    assert found["known"] == said["known"]
    assert found["known"]["density"] == "C"
    assert [(one["breast"], one["view"]) for one in found["views"]] == [
        ("right", "CC"), ("right", "MLO"), ("left", "CC"), ("left", "MLO"),
    ]  # fmt: skip
    for here, there in zip(found["views"], said["views"], strict=True):
        assert here["share"] == there["share"]
        assert here["heatmap"]["method"] == "grad-cam"
        if there["heatmap"]:
            drawn = base64.b64decode(here["heatmap"]["png"])
            assert drawn == Path(there["heatmap"]).read_bytes()
    assert any(one["heatmap"]["png"] for one in found["views"])


def test_a_zips_folders_are_exams_and_a_broken_file_stands_in_its_place(
    exam_model: str, serve: Serve, views_of_a_patient: Views
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("one/left_cc.dcm", views_of_a_patient["left_cc.dcm"])
        file.writestr("two/right_cc.txt", b"hello")
    reply = serve().post(
        "/predict", data={"model": exam_model}, files=sent({"exams.zip": packed.getvalue()})
    )
    one, two = reply.json()["results"]
    assert one["label"] is not None
    assert two["patient"] == "two"
    assert (two["label"], two["views"]) == (None, [])
    assert two["errors"][0]["error"]["status"] == 422


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"age": "old"}, "age is 'old'"),
        ({"density": "E"}, "Allowed: A, B, C or D"),
        ({"implant": "perhaps"}, "yes or no"),
        ({"machine": "a\tb"}, "machine"),
        ({"target": "malignant"}, "no class 'malignant'"),
        ({"method": "score-cam"}, "no heatmap method"),
        ({"model": "four-class-phantom", "age": "61"}, "Leave out age"),
    ],
)
def test_nonsense_is_a_problem_that_says_what_is_allowed(
    exam_model: str, serve: Serve, form: dict[str, str], said: str
) -> None:
    reply = serve().post("/predict", data={"model": exam_model, **form}, files=sent({"a": b"x"}))
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert said in reply.json()["detail"]


def test_an_exam_without_a_readable_file_is_a_problem(exam_model: str, serve: Serve) -> None:
    reply = serve().post("/predict", data={"model": exam_model}, files=sent({"a.txt": b"hello"}))
    assert (reply.status_code, reply.json()["code"]) == (422, "unreadable-image")
