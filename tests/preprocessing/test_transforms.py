"""The transforms agree with pydicom's own and with the standard's formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_windowing

from core.preprocessing.decoding.transforms import (
    LookupTable,
    Rescale,
    Span,
    Window,
    WindowFunction,
    Words,
)

STORED = np.arange(4096, dtype=np.uint16)


def header(**elements: object) -> Dataset:
    dataset = Dataset()
    dataset.PhotometricInterpretation, dataset.BitsStored = "MONOCHROME2", 12
    dataset.PixelRepresentation = 0
    for name, value in elements.items():
        setattr(dataset, name, value)
    return dataset


@pytest.mark.parametrize("function", list(WindowFunction))
@pytest.mark.parametrize(("centre", "width"), [(2048, 4096), (700.5, 321), (100, 2), (4000, 900)])
def test_a_window_equals_pydicoms(function: WindowFunction, centre: float, width: float) -> None:
    dataset = header(WindowCenter=centre, WindowWidth=width, VOILUTFunction=function.value)
    theirs = apply_windowing(STORED, dataset) / 4095
    ours = Window(centre, width, function)(STORED.astype(float))
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_a_linear_window_of_width_one_is_a_threshold() -> None:
    shown = Window(100, 1)(np.array([98.0, 99.0, 100.0, 101.0]))
    np.testing.assert_array_equal(shown, [0, 0, 1, 1])


@given(st.floats(-1e4, 1e4), st.floats(1.5, 1e4), st.sampled_from(list(WindowFunction)))
def test_windows_rise_and_stay_in_range(centre: float, width: float, kind: WindowFunction) -> None:
    shown = Window(centre, width, kind)(np.linspace(-2e4, 2e4, 501))
    assert shown.min() >= 0
    assert shown.max() <= 1
    assert (np.diff(shown) >= 0).all()


@pytest.mark.parametrize("width", [0, -5, float("nan"), float("inf")])
def test_a_window_without_a_width_is_not_used(width: float) -> None:
    assert not Window(100, width).usable


def test_rescale_equals_pydicoms() -> None:
    dataset = header(RescaleSlope=-2.5, RescaleIntercept=1000)
    theirs = apply_modality_lut(STORED, dataset)
    np.testing.assert_allclose(Rescale(-2.5, 1000)(STORED.astype(float)), theirs)


def test_a_table_repeats_its_ends_for_inputs_outside_it() -> None:
    table = LookupTable(10, np.array([5.0, 6.0, 7.0]), 8)
    np.testing.assert_array_equal(table(np.array([-100.0, 10, 11, 12, 900])), [5, 5, 6, 7, 7])


def test_a_range_of_no_width_is_black() -> None:
    np.testing.assert_array_equal(Span(7, 7)(np.array([7.0, 8.0])), [0, 0])


@given(
    st.integers(1, 16).flatmap(
        lambda stored: st.tuples(st.just(stored), st.integers(stored - 1, 15), st.booleans())
    ),
    st.data(),
)
def test_words_give_back_the_value_whatever_lies_beside_it(
    place: tuple[int, int, bool], data: st.DataObject
) -> None:
    stored, high_bit, signed = place
    words = Words(stored, high_bit, signed)
    low, high = words.range
    value = data.draw(st.integers(low, high))
    shift = high_bit + 1 - stored
    beside = data.draw(st.integers(0, 0xFFFF)) & ~(((1 << stored) - 1) << shift)
    word = ((value & ((1 << stored) - 1)) << shift) | beside
    assert words(np.array([word], np.uint16))[0] == value
