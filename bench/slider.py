"""What a move of the threshold costs: figures at it with their intervals, against all anew.

The page draws intervals 1,000 times for up to 5,000 cases and 300 times for more.

    python -m bench.slider [--cases 240 5000 50000]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bench.bootstrap import cases
from core.evaluation.figures import measure, measure_point
from core.evaluation.per_class import confusion, per_class
from core.evaluation.sample import Sample

MOVES = 9
LARGE = 5000


def seconds(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def moved(sample: Sample, draws: int) -> None:
    """A new threshold gives a new sample, as the page makes it."""
    there = replace(sample, threshold=0.3)
    measure_point(there, resamples=draws)
    per_class(confusion(there), there.classes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[240, 5000, 50_000])
    args = parser.parse_args()
    print(f"{'cases':>8} {'draws':>6} {'a move':>10} {'all anew':>10}")
    for count in args.cases:
        sample = cases(count, 4, 0.3)
        draws = 300 if count > LARGE else 1000
        quick = seconds(partial(moved, sample, draws), MOVES)
        whole = seconds(partial(measure, sample, resamples=draws), 1)
        print(f"{count:>8} {draws:>6} {1000 * quick:>7.0f} ms {1000 * whole:>7.0f} ms")


if __name__ == "__main__":
    main()
