"""What the Data page shows, the command line prints, as text and as one JSON document."""

import json
from pathlib import Path

import cv2
import pytest

from core.__main__ import main
from core.datasets.prepared import open_prepared
from core.services.originals import Originals

Capture = pytest.CaptureFixture[str]


def answered(capsys: Capture, *words: str, code: int = 0) -> dict[str, object]:
    assert main([*words, "--json"]) == code
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def test_describe(phantom_workspace: Path, capsys: Capture) -> None:
    document = answered(capsys, "describe", "small")
    assert document["images"] == 16
    main(["describe", "small"])
    text = capsys.readouterr().out
    assert "16 synthetic images of 4 patients" in text
    assert "density" in text


def test_headers(phantom_workspace: Path, capsys: Capture) -> None:
    document = answered(capsys, "headers", "small")
    assert document["files"] == 16
    assert (phantom_workspace / "datasets" / "small" / "headers.parquet").is_file()
    main(["headers", "small", "--sample", "4"])
    assert "4 files of small" in capsys.readouterr().out


def test_gallery(phantom_workspace: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["gallery", "small", "--where", "view=CC", "--part", "train", "--per-page", "3"]
    document = answered(capsys, *words, "--out", str(tmp_path / "page.png"))
    images = document["images"]
    assert isinstance(images, list)
    assert {one["view"] for one in images} == {"CC"}
    assert len(images) == min(3, int(str(document["found"])))
    assert cv2.imread(str(tmp_path / "page.png")).shape[0] > 64
    main(words)
    assert "images found" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["--where", "beauty=high"],
        ["--where", "view"],
        ["--page", "0"],
        ["--per-page", "9999"],
        ["--part", "train", "--split", "nobody"],
    ],
)
def test_a_gallery_that_cannot_be_is_refused_in_a_line(
    phantom_workspace: Path, capsys: Capture, words: list[str]
) -> None:
    assert main(["gallery", "small", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_steps(phantom_workspace: Path, tmp_path: Path, capsys: Capture) -> None:
    file = Originals(open_prepared("small")).file(0)
    document = answered(capsys, "steps", str(file), "--out", str(tmp_path / "steps"))
    frames = document["frames"]
    assert isinstance(frames, list)
    assert len(list((tmp_path / "steps").glob("*.png"))) == len(frames)
    assert (frames[-1]["step"], frames[-1]["height"]) == ("input", 224)
    main(["steps", "--list"])
    assert "Contrast limit: " in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["/no/file.dcm"], ["/no/file.dcm", "--spec", "nobody"]])
def test_steps_need_an_image_and_a_known_preprocessing(
    workspace: Path, capsys: Capture, words: list[str]
) -> None:
    assert main(["steps", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_unpack(workspace: Path, tmp_path: Path, capsys: Capture) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr("normal/a.png", b"1")
        archive.writestr("malignant/b.png", b"1")
    document = answered(capsys, "unpack", str(tmp_path / "set.zip"), "--name", "mine")
    assert document["format"] == "folder"
    assert main(["unpack", str(tmp_path / "none.zip"), "--name", "other"]) == 2


@pytest.mark.slow
def test_augment(phantom_workspace: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "versions.png"
    words = ["augment", "small", "--set", "augmentation.rotation=90", "--count", "3"]
    document = answered(capsys, *words, "--out", str(out))
    assert document["examples"] == 3
    picture = cv2.imread(str(out), cv2.IMREAD_GRAYSCALE)
    assert picture.shape == (64, 4 * 64)
    first, *others = [picture[:, 64 * n : 64 * (n + 1)] for n in range(4)]
    assert (first == open_prepared("small").images[0]).all()
    assert all((other != first).any() for other in others)


@pytest.mark.parametrize(
    "words",
    [["--image", "nobody"], ["--recipe", "nobody"], ["--count", "0"], ["--set", "rotation"]],
)
def test_augment_refuses_nonsense(
    phantom_workspace: Path, tmp_path: Path, capsys: Capture, words: list[str]
) -> None:
    assert main(["augment", "small", *words, "--out", str(tmp_path / "x.png")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
