"""Modality, then display, then polarity: one file for each trap, and the value it must give."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset

from core.domain.cases import Side, View
from core.preprocessing.decoding import decode, read_facts

DicomMaker = Callable[..., Path]
Values = NDArray[np.uint16]


def pixels(path: Path, **options: Any) -> NDArray[np.float32]:
    return decode(path, working_height=None, **options).pixels


def table(first: int, outputs: list[int], bits: int) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(outputs), first, bits])
    item.add_new("LUTData", "US", outputs)
    return item


def window(values: NDArray[Any], centre: float, width: float) -> NDArray[np.float64]:
    return np.clip((values - (centre - 0.5)) / (width - 1) + 0.5, 0, 1)


def test_rescale_comes_before_the_window(dicom: DicomMaker, values: Values) -> None:
    path = dicom(
        values, RescaleSlope=2, RescaleIntercept=-1000, WindowCenter=9000, WindowWidth=8000
    )
    np.testing.assert_allclose(pixels(path), window(values * 2.0 - 1000, 9000, 8000), atol=1e-6)


def test_a_modality_table_takes_the_place_of_rescale(dicom: DicomMaker, values: Values) -> None:
    outputs = list(range(16383, -1, -1))
    path = dicom(
        values,
        ModalityLUTSequence=[table(0, outputs, 14)],
        RescaleSlope=5,
        RescaleIntercept=0,
        WindowCenter=8000,
        WindowWidth=9000,
    )
    np.testing.assert_allclose(pixels(path), window(16383.0 - values, 8000, 9000), atol=1e-6)


def test_a_display_table_wins_over_a_window(dicom: DicomMaker, values: Values) -> None:
    outputs = [int(4095 * (entry / 16383) ** 2) for entry in range(16384)]
    path = dicom(values, VOILUTSequence=[table(0, outputs, 12)], WindowCenter=1, WindowWidth=2)
    found = decode(path, working_height=None)
    expected = np.array(outputs)[values] / 4095
    np.testing.assert_allclose(found.pixels, expected, atol=1e-6)
    assert found.facts.windowing == "sequence"


def test_a_display_table_is_entered_with_rescaled_values(dicom: DicomMaker, values: Values) -> None:
    outputs = list(range(0, 4096))
    path = dicom(
        values, VOILUTSequence=[table(100, outputs, 12)], RescaleSlope=0.25, RescaleIntercept=0
    )
    expected = np.clip(np.rint(values * 0.25 - 100), 0, 4095) / 4095
    np.testing.assert_allclose(pixels(path), expected, atol=1e-6)


def test_a_display_table_may_hold_two_entries_in_a_word(dicom: DicomMaker) -> None:
    stored = np.arange(256, dtype=np.uint16).reshape(16, 16)
    packed = list(np.arange(255, -1, -1, dtype=np.uint8).view("<u2"))
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [256, 0, 8])
    item.add_new("LUTData", "US", [int(word) for word in packed])
    found = pixels(dicom(stored, VOILUTSequence=[item]))
    np.testing.assert_allclose(found, (255.0 - stored) / 255, atol=1e-6)


def test_of_several_windows_the_first_is_used_and_said(dicom: DicomMaker, values: Values) -> None:
    path = dicom(values, WindowCenter=[4000, 9000], WindowWidth=[3000, 100])
    found = decode(path, working_height=None)
    np.testing.assert_allclose(found.pixels, window(values, 4000, 3000), atol=1e-6)
    assert "2 display windows" in " ".join(found.facts.notes)


def test_sigmoid(dicom: DicomMaker, values: Values) -> None:
    path = dicom(values, WindowCenter=8000, WindowWidth=4000, VOILUTFunction="SIGMOID")
    found = decode(path, working_height=None)
    expected = 1 / (1 + np.exp(-4 * (values - 8000.0) / 4000))
    np.testing.assert_allclose(found.pixels, expected, atol=1e-6)
    assert found.facts.windowing == "sigmoid"


def test_linear_exact(dicom: DicomMaker, values: Values) -> None:
    path = dicom(values, WindowCenter=8000, WindowWidth=4000, VOILUTFunction="LINEAR_EXACT")
    expected = np.clip((values - 8000.0) / 4000 + 0.5, 0, 1)
    np.testing.assert_allclose(pixels(path), expected, atol=1e-6)


@pytest.mark.parametrize(
    "elements",
    [
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"PresentationLUTShape": "INVERSE"},
        {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"},
        {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "IDENTITY"},
    ],
)
def test_inversion_comes_after_the_window(
    dicom: DicomMaker, values: Values, elements: dict[str, str]
) -> None:
    path = dicom(values, WindowCenter=3000, WindowWidth=2000, **elements)
    found = decode(path, working_height=None)
    np.testing.assert_allclose(found.pixels, 1 - window(values, 3000, 2000), atol=1e-6)
    assert found.facts.inverted


def test_without_a_window_the_range_of_the_values_is_used(dicom: DicomMaker) -> None:
    stored = np.linspace(1000, 3000, 64 * 64).reshape(64, 64).astype(np.uint16)
    found = decode(dicom(stored, WindowCenter=None, WindowWidth=None), working_height=None)
    np.testing.assert_allclose(found.pixels, (stored - 1000.0) / 2000, atol=1e-6)
    assert found.facts.windowing == "range"
    assert "own range" in " ".join(found.facts.notes)


def test_padding_does_not_set_the_range(dicom: DicomMaker) -> None:
    stored = np.linspace(1000, 3000, 64 * 64).reshape(64, 64).astype(np.uint16)
    stored[:, :20] = 16000
    path = dicom(
        stored,
        WindowCenter=None,
        WindowWidth=None,
        PixelPaddingValue=16000,
        PhotometricInterpretation="MONOCHROME1",
    )
    found = pixels(path)
    assert (found[:, :20] == 0).all(), "padding is as black as air"
    tissue = stored[:, 20:].astype(float)
    low, high = tissue.min(), tissue.max()
    np.testing.assert_allclose(found[:, 20:], 1 - (tissue - low) / (high - low), atol=1e-6)


def test_without_display_transform_the_stored_scale_is_kept(
    dicom: DicomMaker, values: Values
) -> None:
    path = dicom(values, WindowCenter=3000, WindowWidth=10)
    found = decode(path, working_height=None, voi=False)
    np.testing.assert_allclose(found.pixels, values / 16383, atol=1e-6)
    assert found.facts.windowing == "none"


def test_signed_values(dicom: DicomMaker) -> None:
    stored = np.linspace(-2000, 2000, 64 * 64).reshape(64, 64).astype(np.int16)
    path = dicom(
        stored,
        PixelRepresentation=1,
        BitsStored=12,
        HighBit=11,
        WindowCenter=0,
        WindowWidth=3000,
    )
    np.testing.assert_allclose(pixels(path), window(stored, 0, 3000), atol=1e-6)


def test_bits_beside_the_value_are_ignored(dicom: DicomMaker, values: Values) -> None:
    stored = (values >> 2).astype(np.uint16)
    overlaid = (stored | 0xA000).astype(np.uint16)
    elements = {"BitsStored": 12, "HighBit": 11, "WindowCenter": 2048, "WindowWidth": 4096}
    np.testing.assert_array_equal(
        pixels(dicom(overlaid, **elements)), pixels(dicom(stored, **elements))
    )


def test_an_odd_high_bit(dicom: DicomMaker, values: Values) -> None:
    stored = (values >> 2).astype(np.uint16)
    window_of = {"WindowCenter": 2048, "WindowWidth": 4096}
    shifted = dicom((stored << 4).astype(np.uint16), BitsStored=12, HighBit=15, **window_of)
    plain = dicom(stored, BitsStored=12, HighBit=11, **window_of)
    np.testing.assert_array_equal(pixels(shifted), pixels(plain))


def test_eight_bits(dicom: DicomMaker) -> None:
    stored = np.arange(64 * 64, dtype=np.uint64).reshape(64, 64).astype(np.uint8)
    path = dicom(
        stored, BitsAllocated=8, BitsStored=8, HighBit=7, WindowCenter=128, WindowWidth=256
    )
    np.testing.assert_allclose(pixels(path), window(stored, 128, 256), atol=1e-6)


def test_the_first_of_several_frames_is_used_and_said(dicom: DicomMaker, values: Values) -> None:
    both = np.concatenate([values, values[::-1]])
    path = dicom(both, Rows=values.shape[0], NumberOfFrames=2)
    found = decode(path, working_height=None)
    np.testing.assert_array_equal(found.pixels, pixels(dicom(values)))
    assert found.facts.frames == 2
    assert "2 frames" in " ".join(found.facts.notes)


def test_tomosynthesis_is_said_to_be_one(dicom: DicomMaker, values: Values) -> None:
    both = np.concatenate([values, values])
    path = dicom(
        both,
        Rows=values.shape[0],
        NumberOfFrames=2,
        SOPClassUID=uid.BreastTomosynthesisImageStorage,
    )
    assert "tomosynthesis" in " ".join(decode(path).facts.notes)


def test_an_enhanced_images_window_lies_in_its_groups(dicom: DicomMaker, values: Values) -> None:
    shown, group = Dataset(), Dataset()
    shown.WindowCenter, shown.WindowWidth = 5000, 2000
    group.FrameVOILUTSequence = [shown]
    path = dicom(
        values, WindowCenter=None, WindowWidth=None, SharedFunctionalGroupsSequence=[group]
    )
    np.testing.assert_allclose(pixels(path), window(values, 5000, 2000), atol=1e-6)


def test_colour_is_turned_to_brightness_and_said(dicom: DicomMaker) -> None:
    stored = np.zeros((32, 32, 3), np.uint8)
    stored[..., 0] = 255
    path = dicom(
        stored.reshape(32, 96),
        Columns=32,
        SamplesPerPixel=3,
        PhotometricInterpretation="RGB",
        PlanarConfiguration=0,
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
    )
    found = decode(path, working_height=None)
    assert found.facts.colour
    np.testing.assert_allclose(found.pixels, 0.299, atol=0.005)


def test_facts_tell_of_the_image_and_not_of_the_person(dicom: DicomMaker, values: Values) -> None:
    path = dicom(
        values,
        PatientName="Doe^Jane",
        PatientID="123-45",
        PatientAge="095Y",
        ImageLaterality="R",
        ViewPosition="MLO",
        ImagerPixelSpacing=[0.07, 0.08],
        Manufacturer="Maker",
        ManufacturerModelName="Model 1",
        PresentationIntentType="FOR PRESENTATION",
        BreastImplantPresent="NO",
        InstitutionName="Hospital",
    )
    facts = read_facts(path)
    assert facts.laterality is Side.RIGHT
    assert facts.view is View.MLO
    assert facts.spacing_mm == (0.07, 0.08)
    assert facts.machine == "Maker Model 1"
    assert facts.presentation is True
    assert facts.implant is False
    assert facts.age == 90, "very old people are few enough to be known by their age"
    assert (facts.rows, facts.columns, facts.bits) == (96, 80, 14)
    for secret in ("Doe", "123-45", "Hospital"):
        assert secret not in repr(facts)


@pytest.mark.parametrize(
    ("position", "expected"), [("CC", View.CC), ("LM", View.OTHER), (None, None)]
)
def test_other_projections_are_kept_apart(
    dicom: DicomMaker, values: Values, position: str | None, expected: View | None
) -> None:
    elements = {"ViewPosition": position} if position else {}
    assert read_facts(dicom(values, **elements)).view is expected


def test_averaging_comes_after_the_transform(dicom: DicomMaker) -> None:
    """A window that clips does not commute with a mean."""
    stored = np.zeros((64, 64), np.uint16)
    stored[:, ::2] = 16000
    path = dicom(stored, WindowCenter=1000, WindowWidth=2001)
    np.testing.assert_allclose(decode(path, working_height=32).pixels, 0.5, atol=1e-3)


@pytest.mark.parametrize("function", ["LINEAR", "SIGMOID"])
def test_averaged_pixels_are_means_of_exact_ones(dicom: DicomMaker, function: str) -> None:
    noise = np.random.default_rng(0).integers(0, 16384, (130, 94)).astype(np.uint16)
    path = dicom(noise, WindowCenter=7000, WindowWidth=5000, VOILUTFunction=function)
    whole = pixels(path)
    quarter = decode(path, working_height=33).pixels
    assert quarter.shape == (33, 24)
    blocks = whole[:128, :92].reshape(32, 4, 23, 4).mean((1, 3))
    np.testing.assert_allclose(quarter[:32, :23], blocks, atol=2 / 65535)
