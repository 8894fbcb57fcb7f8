"""Asking a model about an image while a run trains works, and does not disturb the run."""

import time
from collections.abc import Callable

import pytest

from core.domain.runs import RunState
from core.domain.training import TrainConfig
from core.services import diagnose, ending, runs, samples


@pytest.mark.slow
def test_a_case_is_diagnosed_while_a_run_trains(configure: Callable[..., TrainConfig]) -> None:
    run = runs.start(configure(epochs=600, leakage_check=False))
    try:
        while run.status().epoch < 1 and not run.status().state.is_finished():
            time.sleep(0.1)
        case = samples.open_sample(samples.samples()[0].id)
        answer = diagnose.analyse(case.mammogram, "four-class-phantom")
        assert sum(answer.probabilities.values()) == pytest.approx(1, abs=1e-5)
        assert run.status().state is RunState.RUNNING
        assert runs.wait(run).state is RunState.FINISHED
        assert len(runs.history(run)) == 600
    finally:
        if not run.status().state.is_finished():
            ending.now(run.id)
