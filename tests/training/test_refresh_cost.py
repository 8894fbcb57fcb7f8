"""A refresh of the Train page stays cheap with many runs and a long one among them."""

import statistics
from pathlib import Path

import pytest

from bench import train_refresh

GENEROUS = 6  # other work and slower machines


@pytest.mark.serial
def test_a_refresh_costs_little_with_500_runs_and_100000_steps(workspace: Path) -> None:
    live = train_refresh.make_workspace(workspace, runs=500, steps=100_000)
    times = train_refresh.on_the_page(live, 7)
    assert statistics.median(times) < GENEROUS * train_refresh.ALLOWED


@pytest.mark.serial
def test_the_cost_of_a_refresh_does_not_grow_with_the_steps_recorded(workspace: Path) -> None:
    medians = []
    for steps in (2_000, 200_000):
        live = train_refresh.make_workspace(workspace / str(steps), runs=1, steps=steps)
        called = train_refresh.watching(live)
        called()
        times = []
        for number in range(15):
            train_refresh.work(live, number)
            times.append(train_refresh.timed(called))
        medians.append(statistics.median(times))
    assert medians[1] < GENEROUS * max(medians[0], 2.0)
