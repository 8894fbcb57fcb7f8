"""Headers become a table of facts about images and machines, never about people."""

from pathlib import Path
from typing import Any

import pandas as pd
import pydicom
import pytest
from pydicom.datadict import DicomDictionary, keyword_for_tag

from core.datasets.prepared import open_prepared
from core.errors import DatasetError
from core.services import headers
from core.services.header_facts import FACTS
from core.services.originals import Originals, sources

# Attributes of PS3.15 Annex E's basic profile that a careless list might hold.
IDENTIFYING = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientAddress",
    "OtherPatientIDs",
    "InstitutionName",
    "InstitutionAddress",
    "ReferringPhysicianName",
    "OperatorsName",
    "StationName",
    "DeviceSerialNumber",
    "AccessionNumber",
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
    "ContentDate",
    "StudyTime",
    "StudyID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SOPInstanceUID",
    "FrameOfReferenceUID",
    "PatientComments",
    "ImageComments",
    "StudyDescription",
    "SeriesDescription",
    "ProtocolName",
    "DetectorID",
    "PatientAge",
    "AdditionalPatientHistory",
    "RequestingPhysician",
    "PerformedProcedureStepDescription",
)


def test_no_identifying_attribute_is_in_the_list() -> None:
    listed = {fact.keyword for fact in FACTS}
    assert listed.isdisjoint(IDENTIFYING)
    known = {keyword_for_tag(tag) for tag in DicomDictionary}
    assert listed <= known


@pytest.fixture
def set_with_names(phantom_workspace: Path, tmp_path: Path) -> Any:
    """The set's first file, with every identifying attribute filled in, and a name misplaced."""
    dataset = open_prepared("small")
    file = Originals(dataset).file(0)
    assert file
    header = pydicom.dcmread(file)
    for keyword in IDENTIFYING:
        vr = pydicom.datadict.dictionary_VR(keyword)
        value = {"DA": "19610203", "TM": "101010", "AS": "097Y", "UI": "1.2.3.4"}.get(vr, "SECRET")
        setattr(header, keyword, value)
    header.ManufacturerModelName = "SECRET^JANE"
    copy = tmp_path / "named.dcm"
    header.save_as(copy)
    return copy


def test_what_names_a_person_never_reaches_the_table(set_with_names: Path) -> None:
    facts = headers.facts_of(set_with_names)
    said = " ".join(str(value) for value in facts.values())
    assert "SECRET" not in said
    assert "1961" not in said
    assert "1.2.3.4" not in said
    assert facts["age"] == 90
    assert facts["Modality"] == "MG"


def test_every_file_has_a_row_and_empty_facts_are_left_out(phantom_workspace: Path) -> None:
    told: list[tuple[int, int]] = []
    dataset = open_prepared("small")
    assert headers.stored(dataset) is None
    table = headers.read_all(dataset, lambda done, total: told.append((done, total)))
    assert len(table) == 16
    assert told[-1] == (16, 16)
    assert table["Rows"].tolist() == dataset.index["source_rows"].tolist()
    assert not table.isna().all().any()
    kept = headers.stored(dataset)
    assert kept is not None
    pd.testing.assert_frame_equal(kept, table, check_dtype=False)


def test_the_summary_tells_share_values_and_range(phantom_workspace: Path) -> None:
    table = headers.sample(open_prepared("small"))
    table.loc[:3, "KVP"] = None
    found = headers.summary(table).set_index("fact")
    assert found.loc["KVP", "share"] == pytest.approx(12 / 16)
    assert found.loc["Modality", "commonest"] == "MG"
    assert found.loc["Rows", "lowest"] == found.loc["Rows", "highest"] == 128
    assert "image_id" not in found.index


def test_a_broken_file_is_a_row_with_its_fault(phantom_workspace: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.dcm"
    broken.write_bytes(b"not an image")
    assert set(headers.facts_of(broken)) == {"fault"}


def test_ordinary_images_tell_their_size(tmp_path: Path) -> None:
    import cv2
    import numpy as np

    file = tmp_path / "plain.png"
    cv2.imwrite(str(file), np.zeros((30, 20), np.uint16))
    facts = headers.facts_of(file)
    assert (facts["format"], facts["Rows"], facts["Columns"]) == ("PNG", 30, 20)


@pytest.mark.parametrize(("count", "most"), [(10, 200), (50_000, 200), (3, 2)])
def test_a_sample_is_spread_over_the_whole_set(count: int, most: int) -> None:
    rows = headers.spread(count, most)
    assert len(rows) == len(set(rows)) == min(count, most)
    assert rows[0] == 0
    assert count - rows[-1] <= count / min(count, most) + 1


def test_a_set_whose_files_are_gone_says_so(phantom_workspace: Path) -> None:
    dataset = open_prepared("small")
    dataset.info.options["sources"][0]["root"] = "/nowhere"
    with pytest.raises(DatasetError, match="is gone"):
        headers.sample(dataset)
    assert list(sources(dataset)) == ["folder"]
