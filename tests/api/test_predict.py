"""What is asked over HTTP is answered as the command line answers it, and errors are sentences."""

import base64
import io
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Serve = Callable[..., httpx.Client]
IMAGE = ("image.dcm", b"image")


def problem(reply: httpx.Response, status: int, said: str) -> dict[str, Any]:
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = reply.json()
    assert found["status"] == status
    assert said in found["detail"]
    assert found["detail"].endswith(".")
    assert "Traceback" not in reply.text
    return found


def test_one_file_is_answered_with_the_model_of_the_settings(serve: Serve, model: Any) -> None:
    found = serve().post("/predict", files={"file": IMAGE}).json()
    assert found["model"] == "four-class-phantom"
    (result,) = found["results"]
    assert result["file"] == "image.dcm"
    assert result["label"] == "malignant"
    assert result["fitness"] == {"status": "fit", "reasons": []}
    assert result["heatmap"] is None
    assert list(result["probabilities"]) == found["classes"]
    assert "not for diagnosis" in found["notice"]
    assert model.asked[0]["heatmap"] is False


def test_where_no_model_is_named_files_of_people_go_to_one_that_has_seen_people(
    serve: Serve, model: Any
) -> None:
    client = serve(model="")
    assert client.post("/predict", files={"file": IMAGE}).status_code == 200
    assert client.post("/predict", files={"image": IMAGE}).status_code == 200
    # Older clients read four numbers; everybody else gets what has learned from real images.
    assert [asked["model"] for asked in model.asked] == ["rsna-screening", "four-class-phantom"]
    known = client.get("/models").json()["models"]
    assert [one["name"] for one in known if one["default"]] == ["rsna-screening"]


def test_older_clients_send_an_image_and_read_predictions(serve: Serve) -> None:
    client = serve()
    assert client.post("/predict", files={"image": IMAGE}).json()["predictions"] == [
        [0.1, 0.2, 0.3, 0.4]
    ]
    blank = client.post("/predict", files={"image": ("x.png", b"blank")})
    assert problem(blank, 422, "It is blank.")["code"] == "unfit-image"


def test_many_files_are_answered_in_their_order_and_a_bad_one_in_its_place(serve: Serve) -> None:
    files = [("files", IMAGE), ("files", ("b.png", b"broken")), ("files", ("c.png", b"blank"))]
    found = serve().post("/predict", files=files).json()
    first, second, third = found["results"]
    assert first["label"] == "malignant"
    assert second["error"]["code"] == "unreadable-image"
    assert third["label"] is None
    assert third["fitness"]["reasons"] == ["It is blank."]
    assert found["predictions"] == [[0.1, 0.2, 0.3, 0.4], None, None]


def test_a_heatmap_comes_as_a_picture(serve: Serve, model: Any) -> None:
    form = {"heatmap": "true", "target": "benign", "palette": "viridis"}
    found = serve().post("/predict", files={"file": IMAGE}, data=form).json()
    heatmap = found["results"][0]["heatmap"]
    assert base64.b64decode(heatmap["png"]).startswith(b"\x89PNG")
    assert heatmap["method"] == "grad-cam"
    assert model.asked[0]["target"] == "benign"


def test_settings_may_stand_in_the_address(serve: Serve, model: Any) -> None:
    method = "hires-cam"
    serve().post(f"/predict?heatmap=1&method={method}", files={"file": IMAGE})
    assert model.asked[0]["heatmap"] is True
    assert model.asked[0]["method"] == method


def test_a_zip_is_its_images(serve: Serve) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as opened:
        opened.writestr("../../etc/passwd", b"image")
        opened.writestr("b/c.dcm", b"broken")
        opened.writestr("__MACOSX/._c.dcm", b"litter")
    client = serve(most_files=2)
    results = client.post("/predict", files={"file": ("e.zip", target.getvalue())}).json()[
        "results"
    ]
    assert [one["file"] for one in results] == ["e.zip/../../etc/passwd", "e.zip/b/c.dcm"]
    assert "error" in results[1]
    twice = [("file", ("e.zip", target.getvalue())), ("file", IMAGE)]
    problem(client.post("/predict", files=twice), 422, "More than 2 files")


def test_a_file_that_cannot_be_read_is_a_problem(serve: Serve) -> None:
    reply = serve().post("/predict", files={"file": ("x.png", b"broken")})
    assert problem(reply, 422, "The file is damaged")["code"] == "unreadable-image"


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"model": "none-such"}, 404, "none-such"),
        ({"heatmap": "perhaps"}, 422, "true or false"),
        ({"target": "none-such"}, 422, "malignant"),
        ({"method": "none-such"}, 422, "grad-cam"),
        ({"palette": "rainbow"}, 422, "magma"),
        ({"modell": "x"}, 422, "modell"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    serve: Serve, form: dict[str, str], status: int, said: str
) -> None:
    problem(serve().post("/predict", files={"file": IMAGE}, data=form), status, said)


def test_what_is_no_form_with_a_file_is_refused(serve: Serve) -> None:
    client = serve()
    problem(client.post("/predict", data={"model": "x"}), 415, "multipart/form-data")
    problem(client.post("/predict", files={"model": (None, "x")}), 422, "holds no file")
    kind = {"content-type": "multipart/form-data; boundary=b"}
    problem(client.post("/predict", content=b"nonsense", headers=kind), 400, "multipart")
    kind = {"content-type": "multipart/form-data"}
    problem(client.post("/predict", content=b"nonsense", headers=kind), 400, "boundary")


def test_addresses_and_methods_that_are_not_there(serve: Serve) -> None:
    client = serve()
    problem(client.get("/nothing"), 404, "/api/docs")
    problem(client.get("/predict/"), 404, "/api/docs")
    reply = client.get("/predict")
    problem(reply, 405, "method")
    assert reply.headers["allow"] == "POST"


def test_a_fault_of_ours_tells_nothing_of_itself(serve: Serve, model: Any) -> None:
    model.fault = RuntimeError("the secret of PatientName")
    reply = serve().post("/predict", files={"file": IMAGE})
    problem(reply, 500, "Something went wrong inside Mammolens")
    assert "secret" not in reply.text


def test_without_a_model_that_is_said(serve: Serve, no_model: None) -> None:
    client = serve(model="")
    assert client.get("/models").json() == {"models": []}
    problem(client.post("/predict", files={"file": IMAGE}), 404, "no model yet")


def test_models_and_health(serve: Serve) -> None:
    client = serve()
    real, found = client.get("/models").json()["models"]
    assert not real["synthetic"]
    assert found["name"] == "four-class-phantom"
    assert found["default"]
    assert found["synthetic"]
    assert found["classes"][0]["name"] == "normal"
    health = client.get("/health").json()
    assert health["status"] == "ok"
    assert health["most_requests"] == 32


def test_the_documentation_describes_every_address_and_fetches_nothing(serve: Serve) -> None:
    client = serve()
    document = client.get("/openapi.json").json()
    assert {"/health", "/models", "/predict", "/uploads/{key}/worklist"} <= set(document["paths"])
    assert document["servers"] == [{"url": "/api"}]
    refusals = document["paths"]["/predict"]["post"]["responses"]
    assert "application/problem+json" in refusals["429"]["content"]
    page = client.get("/docs").text
    assert "<script" not in page
    assert page.count("http") == page.count(str(client.base_url).rstrip("/"))
