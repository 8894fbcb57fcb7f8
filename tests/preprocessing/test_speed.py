"""A full-size image reaches the model in time, however it is compressed."""

from pathlib import Path

import pytest

from bench.decode import MOST_MS, MOST_RATIO, SYNTAXES, mammogram_like, measure, write

pytestmark = [pytest.mark.serial, pytest.mark.slow]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, image = tmp_path_factory.mktemp("full-size"), mammogram_like()
    return {
        name: write(image, syntax, folder / f"{syntax}.dcm") for name, syntax in SYNTAXES.items()
    }


def test_uncompressed_files_are_quick(files: dict[str, Path]) -> None:
    """The quietest of many: on a shared machine only that tells of the code."""
    quickest = min(measure(files["uncompressed"], 1)["ours"] for _ in range(12))
    assert quickest <= MOST_MS


@pytest.mark.parametrize("name", [name for name in SYNTAXES if name != "uncompressed"])
def test_compressed_files_cost_little_more_than_decoding(files: dict[str, Path], name: str) -> None:
    slow = name.startswith("JPEG")
    for _ in range(3):
        found = measure(files[name], 1 if slow else 5)
        if found["ratio"] <= MOST_RATIO:
            break
    assert found["ratio"] <= MOST_RATIO, found
