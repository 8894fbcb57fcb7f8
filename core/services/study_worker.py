"""A process at a study, one trial at a time: `python -m core.services.study_worker FOLDER`.

Detached like the dispatcher, and as many at one study as one likes. A trial belongs to
whoever holds its lock, so the trial of a worker that was killed is taken up by the next.
"""

import os
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.datasets.prepared import open_prepared
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig, higher_is_better
from core.domain.tuning import StudyPlan
from core.errors import MammolensError
from core.services import ending, runs, studies, study_crew, study_store
from core.services.study_crew import Worker
from core.services.study_store import PROBLEM, RETRIES, RUN
from core.training import search_spaces
from core.training.atomic import write_text
from core.training.liveness import this_process
from core.training.run_folder import RunFolder

if TYPE_CHECKING:
    import optuna

LOOK_SECONDS = 0.5
MOST_RETRIES = 2
# So many failures and nothing else: the next one would fail too.
HOPELESS = 3
PRUNED = "Pruned: it did worse than other trials of its study had done by then."


class StudyWorker:
    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, folder.name
        self.me = Worker(this_process(), time.time())
        self._told = 0.0

    def run(self) -> None:
        self._beat(None)
        while not studies.stopping(self.folder):
            plan = studies.plan(self.name)
            with ExitStack() as kept:
                taken = self._take(plan, kept)
                if taken is None:
                    return
                trial, study = taken
                self._beat(trial.number)
                _Attempt(self, plan, study, trial).run()
            self._beat(None)
            if self._hopeless(plan):
                return

    def _beat(self, trial: int | None) -> None:
        self.me = replace(self.me, heartbeat=time.time(), trial=trial)
        study_crew.mark(self.folder, self.me)
        self._told = time.monotonic()

    def pause(self) -> None:
        time.sleep(LOOK_SECONDS)
        if time.monotonic() - self._told > 1.0:
            self._beat(self.me.trial)

    def end(self) -> None:
        name = f"worker-{socket.gethostname()}-{os.getpid()}.json"
        (self.folder / name).unlink(missing_ok=True)

    def _take(self, plan: StudyPlan, kept: ExitStack) -> "tuple[optuna.Trial, optuna.Study] | None":
        """A trial that nobody works on any more, else a new one; its lock is kept."""
        import optuna

        with study_crew.held(self.folder / "trials" / "asking.lock"):
            with study_store.opened(self.folder, plan) as study:
                known = study.get_trials(deepcopy=False)
            study = kept.enter_context(study_store.opened(self.folder, plan, asked=len(known)))
            for left in known:
                if not left.state.is_finished() and self._lock(left.number, kept):
                    return optuna.trial.Trial(study, left._trial_id), study
            if len(known) >= plan.trials:
                return None
            trial = study.ask()
            self._lock(trial.number, kept)
            # Within the lock: who asks next must see what was chosen here.
            study_store.suggest(trial, plan.space)
            return trial, study

    def _lock(self, number: int, kept: ExitStack) -> bool:
        file = self.folder / "trials" / f"{number}.lock"
        return kept.enter_context(study_crew.held(file, patient=False))

    def _hopeless(self, plan: StudyPlan) -> bool:
        seen = study_store.trials(self.folder, plan)
        failed = [trial for trial in seen if trial.state == "failed"]
        if len(failed) < HOPELESS or any(t.state in ("complete", "pruned") for t in seen):
            return False
        said = f"The first {len(failed)} trials all failed. The last: {failed[-1].problem}"
        write_text(self.folder / studies.PROBLEM, said)
        return True


class _Attempt:
    """One trial from its settings to its value, as a run in the queue."""

    def __init__(
        self, worker: StudyWorker, plan: StudyPlan, study: "optuna.Study", trial: "optuna.Trial"
    ) -> None:
        self.worker, self.plan, self.study, self.trial = worker, plan, study, trial
        frozen = trial.study.get_trials(deepcopy=False)[trial.number]
        self.reported = set(frozen.intermediate_values)
        self.best: float | None = None

    def run(self) -> None:
        try:
            folder = self._folder()
        except MammolensError as fault:
            self._fail(str(fault))
            return
        while True:
            status = folder.status()
            self._report(folder)
            if status.state.is_finished() and not self._again(folder, status):
                self._close(folder, status)
                return
            if studies.stopping(self.worker.folder):
                self._leave(folder)
                return
            if self._worse():
                self._prune(folder)
                return
            self.worker.pause()

    def _folder(self) -> RunFolder:
        """The run of this trial: its own from before, or a new one."""
        kept = studies.run_of(str(self.trial.user_attrs.get(RUN, "")))
        # A run made just before a crash, and not written down, says itself whose it is.
        found = kept or runs.with_origin(self._origin())
        if found is None:
            dataset = open_prepared(self.plan.training.dataset)
            values = study_store.suggest(self.trial, self.plan.space)
            config = search_spaces.varied(dataset, self.plan.training, values)
            found = runs.start(self._titled(config), origin=self._origin())
        elif found.status().state.can_resume():
            runs.resume(found.id)
        self.trial.set_user_attr(RUN, found.id)
        return found

    def _origin(self) -> runs.Origin:
        return {"study": self.plan.name, "trial": self.trial.number}

    def _titled(self, config: TrainConfig) -> TrainConfig:
        return replace(config, title=f"{self.plan.name}, trial {self.trial.number}")

    def _report(self, folder: RunFolder) -> None:
        better = max if higher_is_better(self.plan.metric) else min
        for row in runs.history(folder):
            epoch, value = int(row["epoch"]), row[self.plan.metric]
            if value != value:
                continue
            self.best = value if self.best is None else better(self.best, value)
            if epoch not in self.reported:
                self.reported.add(epoch)
                self.trial.report(value, epoch)

    def _worse(self) -> bool:
        return bool(self.reported) and bool(self.trial.should_prune())

    def _prune(self, folder: RunFolder) -> None:
        status = _stopped(folder, PRUNED, self.worker)
        self._report(folder)
        if status.state is RunState.FINISHED:
            self._close(folder, status)
        else:
            self._tell("PRUNED")

    def _leave(self, folder: RunFolder) -> None:
        """The trial stays open: whoever goes on with the study goes on with this run."""
        _stopped(folder, "Its study was stopped.", self.worker)

    def _again(self, folder: RunFolder, status: RunStatus) -> bool:
        """A run that was killed goes on, but not for ever."""
        tries = int(self.trial.user_attrs.get(RETRIES, 0))
        if status.state is not RunState.INTERRUPTED or tries >= MOST_RETRIES:
            return False
        if not folder.config_file.is_file():
            return False
        self.trial.set_user_attr(RETRIES, tries + 1)
        runs.resume(folder.id)
        return True

    def _close(self, folder: RunFolder, status: RunStatus) -> None:
        if status.state is RunState.FINISHED and self.best is not None:
            self._tell("COMPLETE", self.best)
        elif status.state is RunState.STOPPED and self.reported:
            self._tell("PRUNED")
        elif not folder.config_file.is_file():
            self._fail("Its run was deleted.")
        else:
            missing = f"{self.plan.metric} has no value in any epoch."
            self._fail(status.reason or missing)

    def _fail(self, problem: str) -> None:
        self.trial.set_user_attr(PROBLEM, problem)
        self._tell("FAIL")

    def _tell(self, state: str, value: float | None = None) -> None:
        from optuna.trial import TrialState

        self.study.tell(self.trial.number, value, state=TrialState[state])


def _stopped(folder: RunFolder, reason: str, worker: StudyWorker) -> RunStatus:
    """Asks the run to stop, and waits until it has."""
    try:
        runs.stop(folder.id, reason)
    except MammolensError:
        return folder.status()  # it ended by itself in the meantime
    while not (status := folder.status()).state.is_finished():
        ending.if_deaf(folder.id)
        worker.pause()
    return status


@contextmanager
def _working(folder: Path) -> Iterator[StudyWorker]:
    worker = StudyWorker(folder)
    try:
        yield worker
    except Exception as fault:
        traceback.print_exc()
        said = (
            str(fault) if isinstance(fault, MammolensError) else f"{type(fault).__name__}: {fault}"
        )
        write_text(folder / studies.PROBLEM, f"A worker failed: {said[:500]}")
    finally:
        worker.end()


def main() -> int:
    with _working(Path(sys.argv[1])) as worker:
        worker.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
