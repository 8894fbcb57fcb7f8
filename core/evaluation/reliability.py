"""Does "80%" happen in 80 of 100 cases? Calibration, in bins, with intervals."""

import numpy as np
from scipy import stats

from core.domain.curves import Reliability
from core.evaluation.sample import Floats, Ints, Sample
from core.evaluation.tallies import CALIBRATION_BINS, bins_of, confidences


def reliability(sample: Sample, *, temperature: float) -> Reliability:
    """Bins as the calibration error has them, empty ones left out."""
    said, happened = confidences(sample)
    place = bins_of(said)
    bins = [place == b for b in range(CALIBRATION_BINS) if (place == b).any()]
    bounds = np.array([_wilson(happened[b], sample.patients[b]) for b in bins])
    cases = np.array([int(b.sum()) for b in bins])
    means = np.array([said[b].mean() for b in bins])
    rates = np.array([happened[b].mean() for b in bins])
    error = float(cases @ np.abs(means - rates)) / sample.n
    return Reliability(means, rates, bounds[:, 0], bounds[:, 1], cases, error, temperature)


def _wilson(happened: Floats, patients: Ints) -> tuple[float, float]:
    """Wilson's interval for as many independent cases as there are patients in the bin."""
    n, rate = int(np.unique(patients).size), float(happened.mean())
    z = float(stats.norm.ppf(0.975))
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * (rate * (1 - rate) / n + z * z / (4 * n * n)) ** 0.5
    return min(rate, middle - reach), max(rate, middle + reach)
