"""Page, command line and interface give the same numbers, also when many ask at once."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from bench.hostile import Server, serving
from core.__main__ import main
from core.services import diagnose, samples
from core.services.caution import SYNTHETIC_ONLY

pytestmark = pytest.mark.slow
MODEL = "four-class-phantom"
CLIENTS = 20


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """As a person starts it."""
    with serving() as started:
        yield started


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A phantom that says what it is, and a picture that does not."""
    folder = tmp_path_factory.mktemp("files")
    opened = samples.open_sample("case-a")
    (folder / "phantom.dcm").write_bytes(opened.data)
    grey = np.rint(opened.mammogram.pixels * 255).astype(np.uint8)
    (folder / "picture.png").write_bytes(cv2.imencode(".png", grey)[1].tobytes())
    return sorted(folder.iterdir())


def test_twenty_clients_at_once_get_the_numbers_of_page_and_command_line(
    server: Server, files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    page = [diagnose.analyse(diagnose.preview(f.read_bytes()), MODEL).probabilities for f in files]
    assert main(["predict", MODEL, *map(str, files), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)

    def ask(number: int) -> dict[str, float]:
        file = files[number % len(files)]
        reply = httpx.post(
            f"{server.address}/predict",
            files={"file": (file.name, file.read_bytes())},
            data={"model": MODEL},
            timeout=60,
        )
        found: dict[str, float] = reply.json()["results"][0]["probabilities"]
        return found

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(ask, range(CLIENTS)))
    for number, answer in enumerate(answers):
        assert answer == pytest.approx(page[number % len(files)], abs=1e-6)
    for number, item in enumerate(line):
        assert item["probabilities"] == pytest.approx(page[number], abs=1e-6)


def test_a_model_of_synthetic_images_doubts_what_does_not_say_that_it_is_one(
    server: Server, files: list[Path]
) -> None:
    sent = [("file", (file.name, file.read_bytes())) for file in files]
    asked = {"model": MODEL}
    reply = httpx.post(f"{server.address}/predict", files=sent, data=asked, timeout=60).json()
    phantom, picture = (one["fitness"] for one in reply["results"])
    assert SYNTHETIC_ONLY not in phantom["reasons"]
    assert SYNTHETIC_ONLY in picture["reasons"]
    assert picture["status"] == "doubtful"


@pytest.mark.real
def test_every_real_file_gets_an_answer_or_a_sentence(server: Server, real_data: Path) -> None:
    paths = [path for path in sorted((real_data / "dicom").rglob("*")) if path.is_file()]
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda path: server.send(path.name, path.read_bytes()), paths))
    assert [(reply.name, reply.faults) for reply in replies if reply.faults] == []
    answered = {reply.name for reply in replies if reply.code == "answered"}
    assert {"200779059.dcm", "GH133.dcm"} <= answered
    assert "Traceback" not in server.said()
