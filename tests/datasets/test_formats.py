"""The oddities of each publisher's set, one test an oddity."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.datasets.base import Problem, detect, open_reader
from core.datasets.findings import bounds, rings
from core.datasets.formats.mendeley import source_name
from core.datasets.masks import with_outlines
from core.datasets.verify import verify
from core.domain.cases import (
    Case,
    Circle,
    FindingKind,
    MaskFile,
    Outline,
    Pathology,
    Polygon,
    Side,
    View,
)
from core.domain.images import ImageFacts
from core.errors import ConfigError, DatasetError
from tests.datasets.own_sets import write_picture, write_table

Layouts = Callable[[str], Path]
SERIES = "1.3.6.1.4.1.9590.100.1.2"


def scanned(format_name: str, root: Path, **options: str) -> tuple[list[Case], list[Problem]]:
    items = list(open_reader(format_name, root, options).scan())
    problems = [item for item in items if isinstance(item, Problem)]
    return [item for item in items if isinstance(item, Case)], problems


# CBIS-DDSM


def cbis_row(**changes: Any) -> dict[str, Any]:
    name = "Mass-Training_P_00001_LEFT_CC"
    row = {
        "patient_id": "P_00001",
        "breast_density": 3,
        "left or right breast": "LEFT",
        "image view": "CC",
        "abnormality id": 1,
        "abnormality type": "mass",
        "mass shape": "OVAL",
        "mass margins": "SPICULATED",
        "assessment": 4,
        "pathology": "BENIGN",
        "subtlety": 4,
        "image file path": f"{name}/{SERIES}.1/{SERIES}.2/000000.dcm",
        "cropped image file path": f"{name}_1/{SERIES}.3/{SERIES}.4/000000.dcm\n",
        "ROI mask file path": f"{name}_1/{SERIES}.3/{SERIES}.4/000001.dcm\n",
    }
    return {**row, **changes}


def cbis_tables(root: Path, rows: list[dict[str, Any]]) -> Path:
    names = ("mass_case_description_train_set.csv", "mass_case_description_test_set.csv")
    write_table(root / names[0], rows)
    write_table(
        root / names[1], [cbis_row(patient_id="P_00001", **{"image file path": "x/a/b/c.dcm"})]
    )
    return root


def test_cbis_rows_of_one_image_are_one_case_with_the_worst_finding(tmp_path: Path) -> None:
    rows = [cbis_row(), cbis_row(**{"abnormality id": 2, "pathology": "MALIGNANT"})]
    cases, problems = scanned("cbis-ddsm", cbis_tables(tmp_path, rows))
    case = cases[1]
    assert len(cases) == 2
    assert [finding.pathology for finding in case.findings] == [
        Pathology.BENIGN,
        Pathology.MALIGNANT,
    ]
    assert (case.pathology, case.label, case.cancer) == (Pathology.MALIGNANT, "MALIGNANT", True)
    assert (case.laterality, case.view, case.metadata.density) == (Side.LEFT, View.CC, "C")
    assert {p.file for p in problems} == {
        "calc_case_description_train_set.csv",
        "calc_case_description_test_set.csv",
    }


def test_cbis_cells_that_end_in_a_newline_are_read_without_it(tmp_path: Path) -> None:
    cases, _ = scanned("cbis-ddsm", cbis_tables(tmp_path, [cbis_row()]))
    shape = cases[1].findings[0].shape
    assert isinstance(shape, MaskFile)
    assert not any(letter in shape.path for letter in "\r\n")


@pytest.mark.parametrize(
    "folder",
    [
        f"Mass-Training_P_00001_LEFT_CC/{SERIES}.1/{SERIES}.2",
        "CBIS-DDSM/Mass-Training_P_00001_LEFT_CC/07-20-2016-NA-NA-1/1.000000-full mammogram-1",
    ],
)
def test_cbis_files_are_found_under_the_names_that_downloads_give_them(
    tmp_path: Path, folder: str
) -> None:
    file = tmp_path / folder / "1-1.dcm"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x")
    cases, _ = scanned("cbis-ddsm", cbis_tables(tmp_path, [cbis_row()]))
    assert cases[1].path == f"{folder}/1-1.dcm"


def test_cbis_patients_on_both_sides_of_the_official_split_are_told(tmp_path: Path) -> None:
    reader = open_reader("cbis-ddsm", cbis_tables(tmp_path, [cbis_row()]))
    assert any("both sides" in problem.message for problem in verify(reader))


def test_cbis_jpegs_are_told_apart_by_the_table_of_the_kaggle_edition(tmp_path: Path) -> None:
    cbis_tables(tmp_path / "csv", [cbis_row()])
    info = []
    for series, name, description in (
        ("2", "1-100.jpg", "full mammogram images"),
        ("4", "1-101.jpg", "cropped images"),
        ("4", "2-102.jpg", "ROI mask images"),
    ):
        path = f"jpeg/{SERIES}.{series}/{name}"
        write_picture(tmp_path / path)
        info.append({"image_path": f"CBIS-DDSM/{path}", "SeriesDescription": description})
    write_table(tmp_path / "csv" / "dicom_info.csv", info)
    cases, _ = scanned("cbis-ddsm", tmp_path)
    found = next(case for case in cases if case.split == "train")
    assert detect(tmp_path) == "cbis-ddsm"
    assert found.path == f"jpeg/{SERIES}.2/1-100.jpg"
    assert found.findings[0].shape == MaskFile(f"jpeg/{SERIES}.4/2-102.jpg")


def test_a_mask_that_was_swapped_with_its_crop_is_found_by_content(layout: Layouts) -> None:
    reader = open_reader("cbis-ddsm", layout("cbis-ddsm"))
    notes, shapes = [], []
    for case in reader.cases():
        outlined = with_outlines(case, reader, ImageFacts("DICOM", 96, 77, 16))
        notes += [finding.note for finding in outlined.findings]
        shapes += [finding.shape for finding in outlined.findings]
    assert any("mask found in" in note for note in notes)
    assert any("mask found in" not in note for note in notes)
    assert all(isinstance(shape, Outline) for shape in shapes)


def test_a_mask_of_another_size_is_laid_over_the_whole_image(tmp_path: Path) -> None:
    mask = np.zeros((50, 40), np.uint8)
    mask[20:31, 10:21] = 255
    import cv2

    (tmp_path / "mask.png").write_bytes(cv2.imencode(".png", mask)[1].tobytes())
    row = {"patient_id": "1", "path": "a.png", "label": "benign", "finding_mask": "mask.png"}
    write_table(tmp_path / "cases.csv", [row])
    reader = open_reader("manifest", tmp_path)
    case = with_outlines(next(reader.cases()), reader, ImageFacts("PNG", 200, 160, 8))
    assert bounds(case.findings[0].shape) == pytest.approx((40, 80, 84, 124), abs=4)


def test_a_missing_or_grey_mask_leaves_the_finding_without_a_place(tmp_path: Path) -> None:
    write_picture(tmp_path / "masks" / "grey.png")
    rows = [
        {"patient_id": "1", "path": f"{n}.png", "label": "benign", "finding_mask": f"masks/{n}.png"}
        for n in ("grey", "none")
    ]
    write_table(tmp_path / "cases.csv", rows)
    reader = open_reader("manifest", tmp_path)
    for case in reader.cases():
        outlined = with_outlines(case, reader, ImageFacts("PNG", 48, 36, 8))
        assert outlined.findings[0].shape is None
        assert "no mask" in outlined.findings[0].note


# mini-MIAS


INFO = (
    "INFORMATION:\r\n  1st column: reference number, mdb000\r\n"
    "mdb001 G CIRC B 535 425 197\r\n"
    "mdb002 G CIRC M 100 200 30\r\nmdb002 G CALC B *NOTE 3*\r\n"
    "mdb003 D NORM \r\nmdb004 D NORM\r\n"
    "mdb005 F CIRC B 477 133 30\r\nmdb005 F CIRC B 500 168 26\r\n"
)


@pytest.fixture
def mias(tmp_path: Path) -> Path:
    (tmp_path / "Info.txt").write_bytes(INFO.encode("latin-1"))
    for number in range(1, 7):
        write_picture(tmp_path / f"mdb{number:03d}.pgm")
    return tmp_path


def test_mias_counts_y_from_the_bottom(mias: Path) -> None:
    cases, _ = scanned("mini-mias", mias)
    assert cases[0].findings[0].shape == Circle(535, 1023 - 425, 197)


def test_mias_rows_without_a_place_keep_their_finding(mias: Path) -> None:
    cases, _ = scanned("mini-mias", mias)
    second = cases[1]
    assert [finding.kind for finding in second.findings] == [
        FindingKind.MASS,
        FindingKind.CALCIFICATION,
    ]
    assert second.findings[1].shape is None
    assert second.pathology is Pathology.MALIGNANT
    assert len(cases[4].findings) == 2


def test_mias_odd_and_even_numbers_are_the_breasts_of_one_patient(mias: Path) -> None:
    cases, _ = scanned("mini-mias", mias)
    assert [case.patient_id for case in cases] == ["mias001"] * 2 + ["mias002"] * 2 + ["mias003"]
    assert [case.laterality for case in cases[:2]] == [Side.RIGHT, Side.LEFT]


def test_mias_images_that_the_table_leaves_out_are_named(mias: Path) -> None:
    _, problems = scanned("mini-mias", mias)
    assert [problem.file for problem in problems] == ["mdb006.pgm"]


def test_mias_conversions_to_png_are_read_by_their_csv(tmp_path: Path) -> None:
    rows = [
        {
            "REFNUM": "mdb001",
            "BG": "G",
            "CLASS": "CIRC",
            "SEVERITY": "B",
            "X": "535",
            "Y": "425",
            "RADIUS": "197",
        },
        {
            "REFNUM": "mdb003",
            "BG": "D",
            "CLASS": "NORM",
            "SEVERITY": "",
            "X": "",
            "Y": "",
            "RADIUS": "",
        },
        {
            "REFNUM": "mdb004",
            "BG": "D",
            "CLASS": "WHAT",
            "SEVERITY": "B",
            "X": "",
            "Y": "",
            "RADIUS": "",
        },
    ]
    write_table(tmp_path / "mias_info.csv", rows)
    write_picture(tmp_path / "png" / "mdb001.png")
    write_picture(tmp_path / "png" / "MDB003.PNG".lower())
    cases, problems = scanned("mini-mias", tmp_path)
    assert detect(tmp_path) == "mini-mias"
    assert [case.path for case in cases] == ["png/mdb001.png", "png/mdb003.png"]
    assert (problems[0].row, "WHAT" in problems[0].message) == (4, True)


# INbreast


def inbreast(root: Path, grades: list[str], contour: str = "") -> Path:
    rows = []
    for number, grade in enumerate(grades):
        name = 20586908 + number
        write_picture(root / "AllDICOMs" / f"{name}_6c613a14b80a859{number}_MG_L_CC_ANON.png")
        rows.append(
            {
                "Laterality": "L",
                "View": "CC",
                "Acquisition date": 201001,
                "File Name": name,
                "ACR": 2,
                "Bi-Rads": grade,
            }
        )
    write_table(root / "INbreast.csv", rows, separator=";")
    if contour:
        (root / "AllXML").mkdir()
        (root / "AllXML" / "20586908.xml").write_text(contour)
    return root


def plist(points: list[str], name: str = "Mass") -> str:
    listed = "".join(f"<string>{point}</string>" for point in points)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>Images</key><array>'
        f"<dict><key>ROIs</key><array><dict><key>Name</key><string>{name}</string>"
        f"<key>Point_px</key><array>{listed}</array></dict></array></dict></array></dict></plist>"
    )


def test_inbreast_grades_from_4a_on_are_malignant_unless_chosen_otherwise(tmp_path: Path) -> None:
    root = inbreast(tmp_path, ["1", "2", "3", "4a", "4c", "6"])
    cases, _ = scanned("inbreast", root)
    assert [case.cancer for case in cases] == [False, False, False, True, True, True]
    assert [case.label for case in cases] == ["1", "2", "3", "4a", "4c", "6"]
    assert cases[0].pathology is Pathology.NORMAL
    chosen, _ = scanned("inbreast", root, malignant_from="4b")
    assert [case.cancer for case in chosen] == [False] * 4 + [True] * 2
    with pytest.raises(ConfigError, match="malignant_from"):
        scanned("inbreast", root, malignant_from="7")


def test_inbreast_tells_patients_by_the_hash_in_the_file_name(tmp_path: Path) -> None:
    cases, _ = scanned("inbreast", inbreast(tmp_path, ["1", "2"]))
    assert [case.patient_id for case in cases] == ["6c613a14b80a8590", "6c613a14b80a8591"]


def test_inbreast_contours_are_polygons_and_a_click_is_a_small_circle(tmp_path: Path) -> None:
    outline = plist(["(1.5, 2.0)", "(9.0, 2.0)", "(5.0, 8.0)"])
    cases, _ = scanned("inbreast", inbreast(tmp_path / "a", ["5"], outline))
    assert cases[0].findings[0].shape == Polygon(((1.5, 2.0), (9.0, 2.0), (5.0, 8.0)))
    cases, _ = scanned(
        "inbreast", inbreast(tmp_path / "b", ["5"], plist(["(3, 4)"], "Calcification"))
    )
    assert cases[0].findings[0].kind is FindingKind.CALCIFICATION
    assert len(rings(cases[0].findings[0].shape)) == 1


@pytest.mark.parametrize(
    "text", ["not xml at all", plist(["nonsense"]), '<plist version="1.0"><dict/></plist>']
)
def test_inbreast_contours_that_cannot_be_read_cost_one_contour(tmp_path: Path, text: str) -> None:
    cases, problems = scanned("inbreast", inbreast(tmp_path, ["5", "1"], text))
    assert len(cases) == 2
    assert [problem.file for problem in problems] == ["20586908.xml"]
    assert not problems[0].fatal


def test_inbreast_grades_that_do_not_exist_are_named_with_their_row(tmp_path: Path) -> None:
    cases, problems = scanned("inbreast", inbreast(tmp_path, ["1", "9"]))
    assert len(cases) == 1
    assert (problems[0].row, "'9'" in problems[0].message) == (3, True)


# RSNA


def rsna_row(image: int, **changes: Any) -> dict[str, Any]:
    row = {
        "site_id": 2,
        "patient_id": 10,
        "image_id": image,
        "laterality": "L",
        "view": "CC",
        "age": 61.0,
        "cancer": 0,
        "biopsy": 0,
        "invasive": 0,
        "BIRADS": "",
        "implant": 0,
        "density": "",
        "machine_id": 29,
        "difficult_negative_case": False,
    }
    return {**row, **changes}


def test_rsna_says_no_more_than_its_table(tmp_path: Path) -> None:
    rows = [
        rsna_row(1),
        rsna_row(2, cancer=1, biopsy=1, invasive=1, BIRADS=0.0, density="C"),
        rsna_row(3, biopsy=1),
        rsna_row(4, BIRADS=1.0, age=""),
        rsna_row(5, cancer="?"),
    ]
    write_table(tmp_path / "train.csv", rows)
    cases, problems = scanned("rsna", tmp_path)
    assert [case.pathology for case in cases] == [
        None,
        Pathology.MALIGNANT,
        Pathology.BENIGN,
        Pathology.NORMAL,
    ]
    assert [case.cancer for case in cases] == [False, True, False, False]
    assert cases[3].metadata.age is None
    assert (cases[1].metadata.machine, cases[1].metadata.birads) == ("29", "0")
    assert problems[0].row == 6


@pytest.mark.parametrize(
    "path", ["train_images/10/7.dcm", "train_images/10/7.jpg", "train_images/10_7.png", "7.png"]
)
def test_rsna_images_are_found_in_every_edition(tmp_path: Path, path: str) -> None:
    write_table(tmp_path / "train.csv", [rsna_row(7)])
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_bytes(b"x")
    cases, _ = scanned("rsna", tmp_path)
    assert cases[0].path == path


# Mendeley


@pytest.mark.parametrize(
    ("copy", "source"),
    [
        ("20586908 (11)", "20586908"),
        ("mdb010_rot30_flip_h", "mdb010"),
        ("A_1141_1.RIGHT_CC (3)", "A_1141_1.RIGHT_CC"),
        ("scan - Copy (2)", "scan"),
        ("mdb010", "mdb010"),
        ("(1)", "(1)"),
    ],
)
def test_copies_are_told_from_their_source_by_name(copy: str, source: str) -> None:
    assert source_name(copy) == source


def test_mendeley_copies_share_a_group_and_both_breasts_a_patient(tmp_path: Path) -> None:
    for name in ("mdb001 (1)", "mdb001 (2)", "mdb002 (1)"):
        write_picture(tmp_path / "Benign Masses" / f"{name}.png")
    write_picture(tmp_path / "Malignant Masses" / "20586908 (1).png")
    cases, _ = scanned("mendeley", tmp_path)
    assert [case.group for case in cases] == ["mdb001", "mdb001", "mdb002", "20586908"]
    assert len({case.patient_id for case in cases}) == 2


def test_mendeley_reads_the_merger_and_not_its_parts_as_well(tmp_path: Path) -> None:
    for part in ("INbreast Dataset", "INbreast+MIAS+DDSM Dataset"):
        for folder in ("Benign Masses", "Malignant Masses"):
            write_picture(tmp_path / part / folder / "a (1).png")
    cases, _ = scanned("mendeley", tmp_path)
    assert {case.path.split("/")[0] for case in cases} == {"INbreast+MIAS+DDSM Dataset"}
    chosen, _ = scanned("mendeley", tmp_path, part="INbreast D")
    assert {case.path.split("/")[0] for case in chosen} == {"INbreast Dataset"}


# DDSM TFRecords and NumPy pairs


def test_tfrecord_test_and_validation_are_merged_unless_asked_not_to(layout: Layouts) -> None:
    root = layout("ddsm-tfrecord")
    merged, _ = scanned("ddsm-tfrecord", root)
    apart, _ = scanned("ddsm-tfrecord", root, merge="no")
    assert {case.split for case in merged} == {"train", "test"}
    assert {case.split for case in apart} == {"train", "validation", "test"}
    held = [case for case in apart if case.split == "test" and case.findings]
    assert {case.findings[0].kind for case in held} <= {FindingKind.MASS}


def test_a_record_that_was_altered_is_not_taken_for_an_image(
    layout: Layouts, tmp_path: Path
) -> None:
    root = tmp_path / "set"
    shutil.copytree(layout("ddsm-tfrecord"), root)
    file = next(iter(sorted(root.rglob("*.tfrecords"))))
    content = bytearray(file.read_bytes())
    content[5000] ^= 0xFF
    file.write_bytes(bytes(content))
    reader = open_reader("ddsm-tfrecord", root)
    with pytest.raises(DatasetError, match="damaged"):
        reader.pixels(next(reader.cases()))


def test_a_tfrecord_file_cut_short_keeps_what_came_before(layout: Layouts, tmp_path: Path) -> None:
    root = tmp_path / "set"
    shutil.copytree(layout("ddsm-tfrecord"), root)
    file = next(iter(sorted(root.rglob("*.tfrecords"))))
    whole, _ = scanned("ddsm-tfrecord", root)
    file.write_bytes(file.read_bytes()[:-50])
    cut, problems = scanned("ddsm-tfrecord", root)
    assert len(cut) == len(whole) - 1
    assert any("cut short" in problem.message for problem in problems)


def test_arrays_of_objects_are_never_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", np.zeros((2, 8, 8), np.uint8))
    np.save(tmp_path / "labels.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    options = {"images": "images.npy", "labels": "labels.npy"}
    _, problems = scanned("npy-pair", tmp_path, **options)
    assert problems[0].fatal
    assert "safely" in problems[0].message


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 1, 1]),
        np.array([[0.0], [1.0], [1.0]]),
        np.eye(2)[[0, 1, 1]],
        np.array(["benign", "malignant", "malignant"]),
    ],
)
def test_labels_may_be_flat_a_column_one_hot_or_words(tmp_path: Path, labels: Any) -> None:
    np.save(tmp_path / "x.npy", np.zeros((3, 8, 8, 3), np.float32))
    np.save(tmp_path / "y.npy", labels)
    cases, _ = scanned("npy-pair", tmp_path)
    assert [case.label for case in cases] == ["benign", "malignant", "malignant"]


def test_arrays_of_different_length_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((3, 8, 8), np.uint8))
    np.save(tmp_path / "y.npy", np.zeros(2))
    options = {"images": "x.npy", "labels": "y.npy"}
    _, problems = scanned("npy-pair", tmp_path, **options)
    assert problems[0].fatal
    assert "3 images and 2 labels" in problems[0].message
