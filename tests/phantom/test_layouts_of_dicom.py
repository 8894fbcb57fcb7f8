"""The layouts that hold DICOM have their publishers' files and oddities."""

import csv
import plistlib
import re
from collections import Counter

import cv2
import numpy as np
import pydicom
import pytest

from core.datasets.base import open_reader
from core.domain.cases import Pathology
from core.phantom import PhantomConfig, write_phantom
from core.preprocessing.decoding import decode


def test_folder_has_a_row_for_each_finding_and_a_mask_for_each(written, set_patients):
    root = written("folder")
    with (root / "cases.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len({row["image_id"] for row in rows}) == 4 * set_patients
    for row in rows:
        assert (root / row["path"]).parent.name == row["label"]
        if row["finding_mask"]:
            mask = cv2.imread(str(root / row["finding_mask"]), cv2.IMREAD_UNCHANGED)
            assert set(np.unique(mask)) == {0, 255}
            x, y = float(row["finding_x"]), float(row["finding_y"])
            inside = np.argwhere(mask)
            away = np.hypot(inside[:, 1] - x, inside[:, 0] - y)
            assert away.max() <= float(row["finding_radius"]) + 1
        else:
            assert row["label"] == "normal"


def test_folder_holds_several_syntaxes_and_both_polarities(written):
    headers = [
        pydicom.dcmread(path, stop_before_pixels=True) for path in written("folder").rglob("*.dcm")
    ]
    assert len({header.file_meta.TransferSyntaxUID for header in headers}) >= 3
    assert {h.PhotometricInterpretation for h in headers} == {"MONOCHROME1", "MONOCHROME2"}


def test_folder_findings_agree_with_the_masks_through_the_reader(written):
    for case in list(open_reader("folder", written("folder")).cases()):
        assert (case.pathology is Pathology.NORMAL) == (not case.findings)


def test_cbis_tables_are_spelled_as_published(written):
    root = written("cbis-ddsm")
    heads = {
        name: (root / f"{name}_case_description_train_set.csv").read_bytes().split(b"\r\n")[0]
        for name in ("mass", "calc")
    }
    assert b"breast_density" in heads["mass"]
    assert b"breast density" in heads["calc"]
    assert heads["mass"].count(b",") == heads["calc"].count(b",") == 13


def test_cbis_cells_hold_line_breaks_and_lines_end_as_published(written):
    for path in written("cbis-ddsm").glob("*_set.csv"):
        content = path.read_bytes()
        rows = content.count(b"\r\n") - 1
        assert content.count(b'.dcm\n"') == rows


@pytest.mark.real
def test_cbis_headings_equal_the_published_ones(written, real_data):
    for path in (real_data / "tables" / "cbis-ddsm").glob("*.csv"):
        ours = (written("cbis-ddsm") / path.name).read_bytes()
        assert ours.split(b"\n")[0] == path.read_bytes().split(b"\n")[0]


def test_cbis_regions_hold_a_crop_and_a_mask_in_either_order(written):
    first = Counter()
    for one in written("cbis-ddsm").rglob("1-2.dcm"):
        pair = [pydicom.dcmread(path) for path in (one.with_name("1-1.dcm"), one)]
        kinds = [len(np.unique(dataset.pixel_array)) == 2 for dataset in pair]
        assert sorted(kinds) == [False, True]
        first[one.parts[-4][:4], kinds[0]] += 1
    assert all(first[kind, True] and first[kind, False] for kind in ("Mass", "Calc"))


def test_cbis_patient_can_be_on_both_sides_of_the_official_split(tmp_path):
    config = PhantomConfig(seed=5, patients=16, height=64)
    write_phantom(config, tmp_path / "set", "cbis-ddsm")
    sides: dict[str, set[str]] = {}
    for case in list(open_reader("cbis-ddsm", tmp_path / "set").cases()):
        sides.setdefault(case.patient_id, set()).add(str(case.split))
    assert any(len(splits) == 2 for splits in sides.values())
    assert any(len(splits) == 1 for splits in sides.values())


def test_inbreast_table_and_names_are_as_published(written, set_patients):
    root = written("inbreast")
    lines = (root / "INbreast.csv").read_text().splitlines()
    assert lines[0] == (
        "Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads"
    )
    assert len(lines) == 4 * set_patients + 1
    pattern = re.compile(r"\d{8}_[0-9a-f]{16}_MG_[LR]_(CC|ML)_ANON\.dcm")
    assert all(pattern.fullmatch(path.name) for path in (root / "AllDICOMs").iterdir())


def test_inbreast_contours_lie_in_the_breast(written):
    root = written("inbreast")
    found = {case.image_id: case for case in list(open_reader("inbreast", root).cases())}
    files = list((root / "AllXML").glob("*.xml"))
    assert files
    for file in files:
        regions = plistlib.loads(file.read_bytes())["Images"][0]["ROIs"]
        assert len(regions) == len(found[file.stem].findings)
        pixels = decode(root / found[file.stem].path).pixels
        for finding in found[file.stem].findings:
            points = np.array(finding.shape.points)
            x, y = points.mean(axis=0).round().astype(int)
            assert 0 <= y < pixels.shape[0]
            assert 0 <= x < pixels.shape[1]


def test_rsna_table_has_all_columns_and_gaps(written, set_patients):
    root = written("rsna")
    with (root / "train.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 * set_patients
    by_breast: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        assert (root / "train_images" / row["patient_id"] / f"{row['image_id']}.dcm").is_file()
        by_breast.setdefault((row["patient_id"], row["laterality"]), set()).add(row["cancer"])
        assert (row["BIRADS"] == "") == (row["site_id"] == "2")
    assert all(len(labels) == 1 for labels in by_breast.values()), "labels are per breast"


@pytest.mark.real
def test_rsna_heading_equals_the_published_one(written, real_data):
    published = (real_data / "tables" / "rsna" / "train.csv").read_bytes().split(b"\n")[0]
    assert (written("rsna") / "train.csv").read_bytes().split(b"\n")[0] == published


def test_rsna_files_are_compressed_and_lack_what_the_published_ones_lack(written):
    headers = [
        pydicom.dcmread(path, stop_before_pixels=True) for path in written("rsna").rglob("*.dcm")
    ]
    names = {header.file_meta.TransferSyntaxUID.name for header in headers}
    assert all(name.startswith(("JPEG 2000", "JPEG Lossless")) for name in names)
    assert not any("Modality" in header or "SOPClassUID" in header for header in headers)


def test_png_folder_holds_both_depths(tmp_path):
    write_phantom(PhantomConfig(seed=3, patients=6, height=96), tmp_path / "set", "folder-png")
    files = [path for path in (tmp_path / "set").rglob("*.png") if path.parent.name != "masks"]
    depths = Counter(cv2.imread(str(path), cv2.IMREAD_UNCHANGED).dtype.name for path in files)
    assert set(depths) == {"uint8", "uint16"}
    assert depths.total() == 24
