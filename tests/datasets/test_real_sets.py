"""The published tables and files, against the figures of their publishers."""

from collections import Counter
from pathlib import Path

import pytest

from core.datasets.base import Problem, open_reader
from core.datasets.findings import bounds
from core.datasets.prepare import prepare_dataset
from core.datasets.verify import verify
from core.domain.cases import Case, Pathology
from core.domain.dataset import PrepareRequest, Source
from tests.datasets.own_sets import TINY

pytestmark = pytest.mark.real


def read(root: Path, name: str) -> list[Case]:
    items = list(open_reader(name, root).scan())
    assert not [item for item in items if isinstance(item, Problem)]
    return [item for item in items if isinstance(item, Case)]


def test_cbis_ddsm_is_complete(real_data: Path) -> None:
    """3,568 abnormalities on 3,103 mammograms of 1,566 patients, as published."""
    cases = read(real_data / "tables" / "cbis-ddsm", "cbis-ddsm")
    assert sum(len(case.findings) for case in cases) == 3568
    assert len({case.image_id for case in cases}) == len(cases) == 3103
    assert len({case.patient_id for case in cases}) == 1566
    assert Counter(case.split for case in cases) == {"train": 2458, "test": 645}
    assert all(case.laterality and case.view for case in cases)


def test_rsna_is_complete(real_data: Path) -> None:
    """54,706 images of 11,913 patients, 1,158 of them of breasts with cancer, as published."""
    cases = read(real_data / "tables" / "rsna", "rsna")
    assert len({case.image_id for case in cases}) == len(cases) == 54706
    assert len({case.patient_id for case in cases}) == 11913
    assert sum(case.cancer is True for case in cases) == 1158
    assert all(case.pathology is Pathology.MALIGNANT for case in cases if case.cancer)


def test_inbreast_is_complete(real_data: Path) -> None:
    """410 images; 100 of them graded 4a or higher."""
    cases = read(real_data / "tables" / "inbreast", "inbreast")
    assert len(cases) == 410
    assert Counter(case.label for case in cases)["2"] == 220
    assert sum(case.cancer is True for case in cases) == 100


def test_mini_mias_findings_lie_in_their_images(real_data: Path) -> None:
    cases = read(real_data / "mini-mias", "mini-mias")
    assert (len(cases), len({case.patient_id for case in cases})) == (156, 78)
    for case in cases:
        for finding in case.findings:
            if box := bounds(finding.shape):
                assert -200 < box[0] < box[2] < 1224
                assert -200 < box[1] < box[3] < 1224


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "name", "task", "images"),
    [("mini-mias", "mini-mias", "three-class", 156), ("rsna-640", "rsna", "cancer", 1976)],
)
def test_real_files_are_sound_and_can_be_prepared(
    real_data: Path, workspace: Path, folder: str, name: str, task: str, images: int
) -> None:
    root = real_data / folder
    assert list(verify(open_reader(name, root))) == []
    request = PrepareRequest(folder, (Source(name, str(root)),), TINY, task)
    data = prepare_dataset(request, workers=2)
    assert (data.info.images, data.info.quarantined) == (images, 0)
    parts = data.split("default")
    assert parts.groupby(data.index["patient_id"]).nunique().max() == 1
