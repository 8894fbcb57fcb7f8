"""What every dataset format keeps: one suite over the registry."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.datasets.base import FORMATS, Problem, Reader, detect, open_reader
from core.datasets.findings import bounds
from core.datasets.framing import from_array, open_image
from core.datasets.making import make
from core.datasets.prepared import COLUMNS
from core.datasets.verify import verify
from core.domain.cases import Case, MaskFile
from core.domain.dataset import PrepareRequest, Source
from core.domain.tasks import task
from core.errors import ConfigError, DatasetError
from tests.datasets.own_sets import TINY

Layouts = Callable[[str], Path]
pytestmark = pytest.mark.parametrize("name", FORMATS.names())


@pytest.fixture
def reader(name: str, layout: Layouts) -> Reader:
    return open_reader(name, layout(name))


@pytest.fixture
def cases(reader: Reader) -> list[Case]:
    return list(reader.cases())


def test_a_folder_is_recognised_as_its_own_format(name: str, layout: Layouts) -> None:
    assert detect(layout(name)) == name


def test_reading_twice_gives_the_same_cases(reader: Reader, cases: list[Case]) -> None:
    assert cases
    assert list(reader.cases()) == cases


def test_every_image_has_an_id_of_its_own_and_a_patient(cases: list[Case]) -> None:
    assert len({case.image_id for case in cases}) == len(cases)
    assert all(case.patient_id and case.label for case in cases)


def test_a_case_means_something_for_the_formats_own_task(reader: Reader, cases: list[Case]) -> None:
    asked = task(reader.default_task)
    classes = {asked.of(case) for case in cases}
    assert len(classes - {None}) > 1
    assert classes - {None} <= set(asked.class_names)


def test_cancer_and_pathology_do_not_contradict_each_other(cases: list[Case]) -> None:
    for case in cases:
        if case.pathology is not None and case.cancer is not None:
            assert case.cancer == (case.pathology.value == "malignant")


def test_the_pixels_of_every_case_can_be_had(reader: Reader, cases: list[Case]) -> None:
    for case in cases[:6]:
        source = reader.pixels(case)
        assert isinstance(source, np.ndarray) or source.is_file()
        mammogram = open_image(case, reader, TINY)
        assert 0 <= mammogram.pixels.min() < mammogram.pixels.max() <= 1


def test_findings_lie_inside_their_image(reader: Reader, cases: list[Case]) -> None:
    for case in cases[:12]:
        source = reader.pixels(case)
        facts = (
            from_array(source) if isinstance(source, np.ndarray) else open_image(case, reader, TINY)
        ).facts
        for finding in case.findings:
            if isinstance(finding.shape, MaskFile):
                assert (reader.root / finding.shape.path).is_file()
            elif box := bounds(finding.shape):
                assert -1 <= box[0] < box[2] <= facts.columns + 1
                assert -1 <= box[1] < box[3] <= facts.rows + 1


def test_a_row_of_the_table_has_every_column(reader: Reader, cases: list[Case], name: str) -> None:
    source = Source(name, str(reader.root))
    request = PrepareRequest("set", (source,), TINY, reader.default_task)
    result = make(cases[0], reader, request)
    assert result.reason == ""
    assert set(result.rows[0]) == set(COLUMNS)
    assert result.frames[0].shape == (32, 24)


def test_a_sound_set_has_no_fatal_problem(reader: Reader) -> None:
    assert not [problem for problem in verify(reader) if problem.fatal]


def test_an_empty_folder_is_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    reader = open_reader(name, tmp_path)
    problems = list(verify(reader))
    assert any(problem.fatal and problem.message for problem in problems)
    with pytest.raises(DatasetError):
        list(reader.cases())


def test_a_missing_folder_and_an_unknown_option_are_refused(name: str, layout: Layouts) -> None:
    with pytest.raises(DatasetError, match="no folder"):
        open_reader(name, Path("/nowhere/at/all"))
    with pytest.raises(ConfigError, match="no option 'colour'"):
        open_reader(name, layout(name), {"colour": "blue"})


def test_noise_instead_of_tables_gives_problems_and_no_traceback(
    name: str, layout: Layouts, tmp_path: Path
) -> None:
    """Every text file of the set replaced by bytes that are no text."""
    import shutil

    root = tmp_path / "set"
    shutil.copytree(layout(name), root)
    rng = np.random.default_rng(0)
    for path in root.rglob("*"):
        if path.suffix.lower() in {".csv", ".txt", ".xml", ".npy", ".tfrecords"}:
            path.write_bytes(rng.bytes(300))
    problems = list(verify(open_reader(name, root)))
    assert all(isinstance(problem, Problem) and problem.message for problem in problems)
    assert problems or name in {"folder", "mendeley"}
