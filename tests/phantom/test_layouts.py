"""Each layout has its publisher's files and oddities, and its reader finds the truth in it."""

import csv
import plistlib
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pydicom
import pytest

from core.datasets.base import open_reader
from core.domain.cases import Case, FindingKind, Pathology, View
from core.phantom import PhantomConfig, write_phantom
from core.phantom.layouts import LAYOUTS
from core.preprocessing.decoding import decode

PATIENTS = 8
SYNTHETIC_MARK = "phantom.json"


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Every layout once, at a height at which writing takes no time."""
    made: dict[str, tuple[Path, object]] = {}

    def write(layout: str) -> Path:
        if layout not in made:
            out = tmp_path_factory.mktemp(layout) / "set"
            # Two layouts have a size of their own, which takes its time.
            patients = 3 if layout in ("mini-mias", "ddsm-tfrecord") else PATIENTS
            config = PhantomConfig(seed=11, patients=patients, height=256)
            made[layout] = out, write_phantom(config, out, layout)
        return made[layout][0]

    return write


def cases(layout: str, root: Path) -> list[Case]:
    return list(open_reader(layout, root).cases())


def test_all_public_sets_have_a_layout():
    assert set(LAYOUTS.names()) == {
        "folder",
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
    reader = open_reader(layout, root)
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
    assert (
        open_reader("auto", written(layout)).__class__
        is open_reader(layout, written(layout)).__class__
    )


@pytest.mark.parametrize("layout", LAYOUTS.names())
def test_every_layout_says_that_it_is_synthetic(layout, written):
    assert '"synthetic": true' in (written(layout) / SYNTHETIC_MARK).read_text()


def test_folder_has_a_row_for_each_finding_and_a_mask_for_each(written):
    root = written("folder")
    with (root / "cases.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len({row["image_id"] for row in rows}) == 4 * PATIENTS
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
    for case in cases("folder", written("folder")):
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
    for case in cases("cbis-ddsm", tmp_path / "set"):
        sides.setdefault(case.patient_id, set()).add(str(case.split))
    assert any(len(splits) == 2 for splits in sides.values())
    assert any(len(splits) == 1 for splits in sides.values())


def test_mini_mias_films_are_square_and_oblique_and_y_counts_from_below(written):
    root = written("mini-mias")
    films = sorted(root.glob("*.pgm"))
    assert [film.name for film in films][:2] == ["mdb001.pgm", "mdb002.pgm"]
    assert films[0].read_bytes().startswith(b"P5\n1024 1024\n255\n")
    for case in cases("mini-mias", root):
        assert case.view is View.MLO
        film = cv2.imread(str(root / case.path), cv2.IMREAD_UNCHANGED)
        for finding in case.findings:
            if finding.shape is not None:
                x, y = round(finding.shape.x), round(finding.shape.y)
                assert film[y, x] > 20, "a finding lies in the breast"


def test_mini_mias_table_has_the_published_line_endings(written):
    content = (written("mini-mias") / "Info.txt").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") > 40
    assert re.search(rb"mdb\d{3} [FGD] NORM \r\n", content)


def test_mini_mias_leaves_out_the_place_of_widespread_calcifications(tmp_path):
    from core.phantom.layouts.mini_mias import LAYOUT
    from core.phantom.render import patient

    config = LAYOUT.config(PhantomConfig(seed=1, patients=24, height=64))
    assert config.height == 1024
    small = PhantomConfig(seed=1, patients=24, height=64, machine="film")
    rows = [
        LAYOUT.patient_files(small, index, patient(small, index), tmp_path) for index in range(24)
    ]
    lines = [row["line"] for patient_rows in rows for row in patient_rows]
    assert any(line.endswith(" *NOTE 3*") for line in lines)
    assert len(lines) > 48, "an image with two findings has two rows"


def test_inbreast_table_and_names_are_as_published(written):
    root = written("inbreast")
    lines = (root / "INbreast.csv").read_text().splitlines()
    assert lines[0] == (
        "Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads"
    )
    assert len(lines) == 4 * PATIENTS + 1
    pattern = re.compile(r"\d{8}_[0-9a-f]{16}_MG_[LR]_(CC|ML)_ANON\.dcm")
    assert all(pattern.fullmatch(path.name) for path in (root / "AllDICOMs").iterdir())


def test_inbreast_contours_lie_in_the_breast(written):
    root = written("inbreast")
    found = {case.image_id: case for case in cases("inbreast", root)}
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


def test_rsna_table_has_all_columns_and_gaps(written):
    root = written("rsna")
    with (root / "train.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 * PATIENTS
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


def test_mendeley_holds_turned_and_mirrored_copies_of_each_source(written):
    root = written("mendeley")
    groups = Counter(case.group for case in cases("mendeley", root))
    assert groups
    assert set(groups.values()) == {12}
    path = next(root.rglob("* (1).png"))
    first = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert first.shape == (227, 227)
    half = cv2.imread(str(path).replace("(1)", "(7)"), cv2.IMREAD_UNCHANGED)
    middle = slice(80, 147)
    turned = half[::-1, ::-1][middle, middle].astype(float)
    assert np.corrcoef(first[middle, middle].ravel(), turned.ravel())[0, 1] > 0.95


def test_tfrecords_hold_patches_and_the_held_out_arrays_one_kind_each(written):
    root = written("ddsm-tfrecord")
    assert len(list(root.glob("training10_*/*.tfrecords"))) == 5
    labels = {
        name: set(np.load(root / f"{name}_labels.npy").tolist()) for name in ("test10", "cv10")
    }
    assert labels["test10"] <= {0, 2, 4}
    assert labels["cv10"] <= {0, 1, 3}
    for name in labels:
        images = np.load(root / f"{name}_data" / f"{name}_data.npy")
        assert images.shape[1:] == (299, 299, 1)
        assert images.dtype == np.uint8
    assert not (root / ".patches").exists()


def test_tfrecord_lesions_come_in_threes(written):
    found = cases("ddsm-tfrecord", written("ddsm-tfrecord"))
    kinds = Counter(case.label for case in found)
    lesions = sum(count for label, count in kinds.items() if label != "0")
    assert lesions % 3 == 0
    assert kinds["0"] > lesions
    assert {f.kind for case in found for f in case.findings} <= {
        FindingKind.MASS,
        FindingKind.CALCIFICATION,
    }


@pytest.mark.slow
def test_tensorflow_reads_the_records_and_accepts_their_checksums(written):
    tensorflow = pytest.importorskip("tensorflow")
    files = [str(path) for path in written("ddsm-tfrecord").rglob("*.tfrecords")]
    features = {
        name: tensorflow.io.FixedLenFeature([], kind)
        for name, kind in (
            ("image", tensorflow.string),
            ("label", tensorflow.int64),
            ("label_normal", tensorflow.int64),
        )
    }
    seen = 0
    for record in tensorflow.data.TFRecordDataset(files):
        example = tensorflow.io.parse_single_example(record, features)
        assert len(example["image"].numpy()) == 299 * 299
        assert bool(example["label"] > 0) == bool(example["label_normal"] == 1)
        seen += 1
    assert seen > 30


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
