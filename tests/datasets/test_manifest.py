"""Sets of one's own: the manifest and the folder per class."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.datasets.base import Problem, open_reader
from core.datasets.formats.manifest import rows_to_cases
from core.datasets.tables import headings, read_table
from core.datasets.verify import verify
from core.domain.cases import Case, Circle, Pathology
from core.errors import ConfigError, DatasetError
from tests.datasets.own_sets import manifest_rows, write_picture, write_table


def one(path: Path) -> Case:
    case = next(iter(rows_to_cases(path)))
    assert isinstance(case, Case)
    return case


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_tables_are_read_however_they_were_saved(
    tmp_path: Path, separator: str, end: str, encoding: str
) -> None:
    lines = ["Path,Patient_ID,label", 'a.png,"Müller\n",benign']
    text = end.join(line.replace(",", separator) for line in lines)
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    assert headings(tmp_path / "t.csv") == ["path", "patient_id", "label"]
    assert [*read_table(tmp_path / "t.csv")] == [
        (2, {"path": "a.png", "patient_id": "Müller", "label": "benign"})
    ]


def test_rows_of_one_image_become_its_findings_wherever_they_stand(tmp_path: Path) -> None:
    row = {
        "patient_id": "p",
        "label": "benign",
        "finding_kind": "mass",
        "finding_x": 1,
        "finding_y": 2,
        "finding_radius": 3,
    }
    rows = [
        {**row, "path": "a.png"},
        {**row, "path": "b.png"},
        {**row, "path": "a.png", "finding_pathology": "malignant", "finding_radius": 9},
    ]
    cases = [*rows_to_cases(write_table(tmp_path / "cases.csv", rows))]
    first = cases[0]
    assert isinstance(first, Case)
    assert len(cases) == 2
    assert [f.shape for f in first.findings] == [Circle(1, 2, 3), Circle(1, 2, 9)]
    assert first.pathology is Pathology.MALIGNANT


def test_columns_that_are_not_documented_are_kept(tmp_path: Path) -> None:
    row = {"path": "a.png", "patient_id": "p", "label": "no cancer", "scanner_room": "B2"}
    case = one(write_table(tmp_path / "cases.csv", [row]))
    assert case.metadata.extra == {"scanner_room": "B2"}
    assert (case.pathology, case.cancer) == (None, False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": "odd"}, "'odd'"),
        ({"patient_id": ""}, "'patient_id'"),
        ({"split": "holdout"}, "'holdout'"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(
    manifest: Path, change: dict[str, str], said: str
) -> None:
    rows = [{**row} for row in manifest_rows(manifest)]
    rows[3] |= change
    write_table(manifest / "manifest.csv", rows)
    problems = list(verify(open_reader("manifest", manifest)))
    assert [(p.file, p.row, p.fatal) for p in problems] == [("manifest.csv", 5, False)]
    assert said in problems[0].message


def test_a_missing_column_is_fatal(tmp_path: Path) -> None:
    write_table(tmp_path / "cases.csv", [{"path": "a.png", "label": "benign"}])
    reader = open_reader("manifest", tmp_path)
    problems = list(verify(reader))
    assert [(p.row, p.fatal) for p in problems] == [(1, True)]
    assert "'patient_id'" in problems[0].message
    with pytest.raises(DatasetError, match="patient_id"):
        list(reader.cases())


def test_the_table_may_be_given_itself_and_the_images_lie_elsewhere(manifest: Path) -> None:
    moved = manifest / "tables" / "mine.csv"
    write_table(moved, manifest_rows(manifest))
    reader = open_reader("manifest", moved, {"images": ".."})
    assert not list(verify(reader))


def test_a_folder_without_a_table_says_that_patients_are_not_known(tmp_path: Path) -> None:
    for name in ("normal/P1_L.png", "normal/P1_R.png", "Malignant Masses/P2_L.png"):
        write_picture(tmp_path / name)
    items = list(open_reader("folder", tmp_path).scan())
    assert any(
        isinstance(i, Problem) and "patient of 3 images is not known" in i.message for i in items
    )
    told = open_reader("folder", tmp_path, {"patient": r"(P\d+)_"})
    assert sorted({case.patient_id for case in told.cases()}) == ["P1", "P2"]
    assert not [item for item in told.scan() if isinstance(item, Problem)]
    with pytest.raises(ConfigError, match="regular expression"):
        list(open_reader("folder", tmp_path, {"patient": "("}).scan())


def test_the_table_of_a_folder_describes_its_images(layout: Callable[[str], Path]) -> None:
    cases = list(open_reader("folder", layout("folder")).cases())
    assert all(case.metadata.age and case.metadata.density in "ABCD" for case in cases)
    assert any(case.findings for case in cases)


@pytest.mark.slow
@pytest.mark.serial
def test_a_million_rows_are_read_in_bounded_time(tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    with table.open("w") as file:
        file.write("image_id,patient_id,path,label,laterality,view,age,density,machine,finding_x\n")
        file.writelines(
            f"i{n},p{n // 4},images/{n // 1000}/{n}.dcm,benign,L,MLO,55,B,29,\n"
            for n in range(1_000_000)
        )
    started = time.process_time()
    count = sum(1 for _ in open_reader("manifest", table).cases())
    assert count == 1_000_000
    assert time.process_time() - started < 90
