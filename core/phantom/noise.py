"""Random fields with the spectra that breast tissue has."""

from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

Field = NDArray[np.float32]


@lru_cache(maxsize=32)
def _power_law(shape: tuple[int, ...], exponent: float, low_cut: float) -> Field:
    """Amplitudes that turn white noise into noise with power 1 / f^exponent.

    Below `low_cut` cycles per longest side the spectrum is flat: without it, the
    slowest wave alone would decide how bright an image is.
    """
    longest = max(shape)
    axes = [np.fft.fftfreq(n, 1 / longest) * longest / n for n in shape[:-1]]
    axes.append(np.fft.rfftfreq(shape[-1], 1 / longest) * longest / shape[-1])
    squares = [axis**2 for axis in np.meshgrid(*axes, indexing="ij")]
    frequency = np.sqrt(np.sum(squares, axis=0)) if squares else np.zeros(shape)
    amplitude = np.maximum(frequency, low_cut) ** (-exponent / 2)
    amplitude[(0,) * len(shape)] = 0
    return amplitude.astype(np.float32)


def power_law(
    rng: np.random.Generator, shape: tuple[int, ...], exponent: float, low_cut: float = 2.0
) -> Field:
    """Noise of mean 0 and deviation 1 that wraps around at its borders."""
    waves = scipy.fft.rfftn(rng.standard_normal(shape, dtype=np.float32), overwrite_x=True)
    waves *= _power_law(shape, exponent, low_cut)
    return unit(scipy.fft.irfftn(waves, s=shape, overwrite_x=True))


@lru_cache(maxsize=16)
def _band(shape: tuple[int, int], wavelengths: tuple[float, float], spread: float) -> Field:
    rows = np.fft.fftfreq(shape[0])[:, None] * wavelengths[0]
    columns = np.fft.rfftfreq(shape[1])[None, :] * wavelengths[1]
    distance = np.sqrt(rows**2 + columns**2)
    return np.exp(-(((distance - 1) / spread) ** 2)).astype(np.float32)


def band(
    rng: np.random.Generator,
    shape: tuple[int, int],
    wavelengths: tuple[float, float],
    spread: float = 0.6,
) -> Field:
    """Noise that undulates with about these wavelengths, in pixels, down and across."""
    waves = scipy.fft.rfftn(rng.standard_normal(shape, dtype=np.float32), overwrite_x=True)
    waves *= _band(shape, wavelengths, spread)
    return unit(scipy.fft.irfftn(waves, s=shape, overwrite_x=True))


def unit(values: NDArray[np.float32]) -> Field:
    centred = values - values.mean(dtype=np.float64).astype(np.float32)
    deviation = float(np.sqrt(np.mean(np.square(centred), dtype=np.float64)))
    return np.asarray(centred / max(deviation, 1e-12), dtype=np.float32)


def smoothstep(values: Field, low: Field | float, high: Field | float) -> Field:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)
