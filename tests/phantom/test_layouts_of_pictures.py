"""The layouts without DICOM have their publishers' files and oddities."""

import re
from collections import Counter

import cv2
import numpy as np
import pytest

from core.datasets.base import open_reader
from core.domain.cases import FindingKind, View
from core.phantom import PhantomConfig


def test_mini_mias_films_are_square_and_oblique_and_y_counts_from_below(written):
    root = written("mini-mias")
    films = sorted(root.glob("*.pgm"))
    assert [film.name for film in films][:2] == ["mdb001.pgm", "mdb002.pgm"]
    assert films[0].read_bytes().startswith(b"P5\n1024 1024\n255\n")
    for case in list(open_reader("mini-mias", root).cases()):
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


def test_mendeley_holds_turned_and_mirrored_copies_of_each_source(written):
    root = written("mendeley")
    groups = Counter(case.group for case in list(open_reader("mendeley", root).cases()))
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
    found = list(open_reader("ddsm-tfrecord", written("ddsm-tfrecord")).cases())
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
