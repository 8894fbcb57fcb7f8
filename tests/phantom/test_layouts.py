"""Every layout is read back by its own reader, and says that it is synthetic."""

import json
import shutil
import subprocess

import numpy as np
import pydicom
import pytest

from core.datasets.base import detect, open_reader
from core.phantom import PhantomConfig
from core.phantom.layouts import LAYOUTS
from core.preprocessing.decoding import decode

READER = {"folder-png": "folder"}
SYNTHETIC_MARK = "phantom.json"


def test_all_public_sets_have_a_layout():
    assert set(LAYOUTS.names()) == {
        "folder",
        "folder-png",
        "cbis-ddsm",
        "mini-mias",
        "inbreast",
        "rsna",
        "mendeley",
        "ddsm-tfrecord",
    }


@pytest.mark.parametrize("layout", LAYOUTS.names())
def test_every_layout_is_read_by_its_own_reader_and_decodes(layout, written):
    root = written(layout)
    reader = open_reader(READER.get(layout, layout), root)
    found = list(reader.cases())
    assert reader.synthetic
    assert len({case.image_id for case in found}) == len(found) > 3
    for case in found[:: max(len(found) // 6, 1)]:
        source = reader.pixels(case)
        pixels = source / 255 if isinstance(source, np.ndarray) else decode(source).pixels
        assert pixels.max() > 0.2, case.path
        assert np.median(pixels) < 0.8, "dense tissue is bright, whatever the polarity"


@pytest.mark.parametrize("layout", LAYOUTS.names())
def test_every_layout_is_recognised(layout, written):
    assert detect(written(layout)) == READER.get(layout, layout)


@pytest.mark.parametrize("layout", LAYOUTS.names())
def test_every_layout_says_that_it_is_synthetic(layout, written):
    assert '"synthetic": true' in (written(layout) / SYNTHETIC_MARK).read_text()


@pytest.mark.parametrize("layout", LAYOUTS.names())
def test_every_layout_knows_about_how_much_of_the_disk_it_takes(layout, written):
    root = written(layout)
    mark = json.loads((root / SYNTHETIC_MARK).read_text())["config"]
    config = PhantomConfig(patients=mark["patients"], height=mark["height"])
    taken = sum(file.stat().st_size for file in root.rglob("*") if file.is_file())
    told = LAYOUTS.load(layout).patient_bytes(config) * config.patients
    # Records and arrays of patches are there twice for a moment.
    twice = 2 if layout == "ddsm-tfrecord" else 1
    assert 0.5 < taken * twice / told < 1.25


@pytest.mark.parametrize("layout", ["folder", "cbis-ddsm", "inbreast"])
def test_dciodvfy_finds_no_error_in_the_files(layout, written, tmp_path):
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy is not installed: apt-get install dicom3tools")
    checked = 0
    for path in sorted(written(layout).rglob("*.dcm"))[::5]:
        if pydicom.dcmread(path, specific_tags=[]).file_meta.TransferSyntaxUID.is_deflated:
            continue  # dciodvfy is built without zlib
        told = subprocess.run(
            [validator, "-new", str(path)], capture_output=True, text=True, check=False
        )
        assert not [line for line in told.stderr.splitlines() if line.startswith("Error")], path
        checked += 1
    assert checked > 3
