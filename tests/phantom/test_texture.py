"""That the tissue has the spectrum of real tissue, and the density that the label says."""

import itertools

import cv2
import numpy as np

from core.domain.cases import Pathology, Side, View
from core.phantom import PhantomConfig, image
from core.phantom.config import stream
from core.phantom.noise import band, power_law
from core.phantom.tissue import gland, projected

WINDOW = 200  # pixels, about 47 mm
CYCLES_PER_MM = (0.1, 0.7)


def exponent(patch: np.ndarray, spacing_mm: float) -> float:
    """How fast the radial power spectrum falls: the slope on doubly logarithmic axes."""
    taper = np.outer(np.hanning(patch.shape[0]), np.hanning(patch.shape[1]))
    power = np.abs(np.fft.fft2((patch - patch.mean()) * taper)) ** 2
    axis = np.fft.fftfreq(patch.shape[0], spacing_mm)
    frequency = np.hypot(*np.meshgrid(axis, axis))
    edges = np.geomspace(*CYCLES_PER_MM, 12)
    rings = [(frequency >= low) & (frequency < high) for low, high in itertools.pairwise(edges)]
    kept = [ring for ring in rings if ring.any()]
    x = np.log([frequency[ring].mean() for ring in kept])
    y = np.log([power[ring].mean() for ring in kept])
    return -float(np.polyfit(x, y, 1)[0])


def window_inside(one) -> np.ndarray:
    room = (one.breast & ~one.pectoral).astype(np.uint8)
    kernel = np.ones((WINDOW + 1, WINDOW + 1), np.uint8)
    free = cv2.erode(room, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    rows, columns = np.nonzero(free)
    row, column = rows[rows.size // 2], columns[columns.size // 2]
    half = WINDOW // 2
    return one.pixels[row - half : row + half, column - half : column + half]


def test_power_falls_about_with_the_third_power_of_frequency(full_size):
    found = [exponent(window_inside(one), one.spacing_mm) for one in full_size]
    assert abs(np.median(found) - 3.0) < 0.4, found


def test_the_measurement_itself_recovers_a_known_exponent():
    noise = power_law(stream(0, "check"), (512, 512), 3.0)
    assert abs(exponent(noise[:WINDOW, :WINDOW], 0.234) - 3.0) < 0.3


def test_noise_has_no_mean_and_unit_deviation():
    for values in (
        power_law(stream(1, "a"), (64, 48), 3.0),
        band(stream(1, "b"), (64, 48), (9, 9)),
    ):
        assert abs(values.mean()) < 1e-4
        assert abs(values.std() - 1) < 1e-3


def test_denser_breasts_hold_more_gland():
    shares = [np.mean([gland(5, i, Side.LEFT, d).mean() for i in range(6)]) for d in "ABCD"]
    assert shares == sorted(shares)
    assert shares[3] > 2 * shares[0]


def test_both_breasts_of_a_patient_resemble_each_other_more_than_two_patients():
    def likeness(first, second):
        return np.corrcoef(first.ravel(), second.ravel())[0, 1]

    maps = {
        (i, side): projected(gland(6, i, side, "C"), View.CC) for i in range(8) for side in Side
    }
    own = np.mean([likeness(maps[i, Side.LEFT], maps[i, Side.RIGHT]) for i in range(8)])
    others = np.mean(
        [likeness(maps[i, Side.LEFT], maps[(i + 1) % 8, Side.RIGHT]) for i in range(8)]
    )
    assert own > others + 0.05


def test_both_projections_hold_the_same_gland():
    volume = gland(7, 0, Side.LEFT, "C")
    by_depth = [projected(volume, view).mean(axis=1) for view in (View.CC, View.MLO)]
    assert np.corrcoef(by_depth)[0, 1] > 0.95


def test_an_implant_is_seen_in_both_views_of_both_breasts():
    config = PhantomConfig(seed=2, height=160, prevalence={Pathology.NORMAL: 1.0})
    index = next(
        i for i in range(300) if image(config, i, Side.LEFT, View.CC).case.metadata.implant
    )
    for side in Side:
        for view in (View.CC, View.MLO):
            one = image(config, index, side, view)
            assert one.case.metadata.implant
            assert (one.pixels[one.breast] > 0.8).mean() > 0.03
