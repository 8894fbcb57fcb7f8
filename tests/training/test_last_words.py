"""How a run ended that could not say so itself, and that two servers start each run once."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core import paths
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.errors import InputError
from core.services import ending, queue, runs
from core.training import dispatcher, last_words, processes, reporter, worker
from core.training.atomic import write_text

Configure = Callable[..., TrainConfig]
# A worker that says it is running and then does as it is told, without learning anything.
STUB = """
import os, signal, sys, time
from pathlib import Path
from core.domain.runs import RunState
from core.training.reporter import Reporter
from core.training.run_folder import RunFolder

folder = RunFolder(Path(sys.argv[1]))
with (folder.path.parent / "begun.txt").open("a") as book:
    book.write(folder.id + "\\n")
reporter = Reporter(folder)
{deed}
"""
DIE = "os.kill(os.getpid(), signal.SIGKILL)"
END = "reporter.end(RunState.FINISHED)"


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def use(deed: str) -> None:
        (tmp_path / "stub_worker.py").write_text(textwrap.dedent(STUB.format(deed=deed)))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setattr(dispatcher, "WORKER", "stub_worker")

    return use


@pytest.mark.parametrize(
    ("kills", "state", "words"),
    [
        ([3, 3, 4, 4, 4, 4], RunState.FAILED, "ran out of memory"),
        ([3], RunState.INTERRUPTED, "memory was not short"),
    ],
)
def test_want_of_memory_is_told_from_a_kill(
    configure: Configure,
    stub: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    kills: list[int],
    state: RunState,
    words: str,
) -> None:
    """The kernel's count rises with the first look after the death, or it does not."""
    stub(DIE)
    dead = []

    def count() -> int:
        return kills[-1] if dead else kills[0]

    really = dispatcher._bury

    def bury(child: object, before: int) -> None:
        dead.append(child)
        really(child, before)

    monkeypatch.setattr(dispatcher, "_bury", bury)
    monkeypatch.setattr(last_words, "memory_kills", count)
    folder = runs.create(configure())
    assert dispatcher.main() == 0
    said = folder.written_status()
    assert (said.state, said.process is not None) == (state, True)
    assert words in said.reason
    assert said.state.can_resume()


def test_a_crash_is_called_one() -> None:
    state, reason = last_words.verdict(-signal.SIGSEGV, 0, 0)
    assert state is RunState.FAILED
    assert "SIGSEGV" in reason


def test_the_count_of_the_kernel_can_be_read() -> None:
    assert last_words.memory_kills() >= 0


def test_a_run_from_before_the_machine_was_started_anew_says_so(configure: Configure) -> None:
    folder = runs.create(configure())
    long_ago = RunStatus(RunState.RUNNING, heartbeat=1.0)
    folder.write_status(long_ago)
    assert folder.status().state is RunState.INTERRUPTED
    assert "started anew" in folder.status().reason


def test_two_servers_on_one_workspace_start_each_run_once(
    configure: Configure, stub: Callable[[str], None]
) -> None:
    stub(END)
    folders = [runs.create(configure()) for _ in range(3)]
    code = "from core.training import dispatcher; dispatcher.WORKER = 'stub_worker'; "
    command = [sys.executable, "-c", code + "raise SystemExit(dispatcher.main())"]
    servers = [subprocess.Popen(command, cwd=paths.ROOT) for _ in range(2)]
    assert [server.wait(60) for server in servers] == [0, 0]
    assert [folder.status().state for folder in folders] == [RunState.FINISHED] * 3
    begun = (paths.runs() / "begun.txt").read_text().split()
    assert begun == [folder.id for folder in folders]


def test_the_queue_can_be_put_in_another_order(configure: Configure) -> None:
    first, second, third = (runs.create(configure()).id for _ in range(3))
    assert queue.move(third, "first") == [third, first, second]
    assert queue.move(third, "down") == [first, third, second]
    assert queue.move(first, "last") == [third, second, first]
    assert queue.move(third, "up") == [third, second, first]
    assert [folder.id for folder, _ in dispatcher.queued()] == [third, second, first]
    runs.stop(second)
    with pytest.raises(InputError, match="does not wait"):
        queue.move(second, "first")
    with pytest.raises(InputError, match="first, up, down, last"):
        queue.way("sideways")


def test_a_processor_run_passes_one_that_waits_for_gpus(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.training.devices import Gpu

    monkeypatch.setattr(dispatcher, "gpus", lambda: [Gpu(n, "test", 80.0) for n in range(2)])
    two, one, none = (
        runs.create(configure(**chosen))
        for chosen in ({"gpus": 2}, {"gpus": 1, "devices": ["gpu:1"]}, {"gpus": 0})
    )
    assert not dispatcher.choose_devices(two, ["gpu:1", "cpu"])
    assert dispatcher.choose_devices(one, ["gpu:0", "gpu:1"]) == ("gpu:1",)
    started = []
    monkeypatch.setattr(
        dispatcher, "_start", lambda folder, *_: started.append(folder.id) or "a process"
    )
    assert dispatcher._start_next(dispatcher.queued(), ["gpu:1", "cpu"])
    assert started == [none.id]


def test_a_deaf_run_is_ended_by_force_and_can_be_resumed(
    configure: Configure, stub: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    stub("time.sleep(60)")
    folder = runs.create(configure())
    environment = {"PYTHONPATH": f"{paths.ROOT}:{os.environ['PYTHONPATH']}"}
    process = processes.start("stub_worker", [str(folder.path)], folder.log_file, environment)
    deadline = time.monotonic() + 30
    while folder.status().state is not RunState.RUNNING and time.monotonic() < deadline:
        time.sleep(0.05)
    runs.stop(folder.id)
    assert folder.status().state is RunState.STOPPING
    ending.now(folder.id)
    process.wait(5)
    said = folder.status()
    assert said.state is RunState.STOPPED
    assert "by force" in said.reason
    assert not folder.stop_file.exists()
    monkeypatch.setattr(dispatcher, "ensure", lambda: None)
    assert runs.resume(folder.id).status().state is RunState.QUEUED
    with pytest.raises(InputError, match="nothing can be ended"):
        ending.now(folder.id)


def test_on_a_full_disk_there_is_room_to_say_so(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be written until the bytes held in reserve are given up."""
    folder = runs.create(configure())
    told = reporter.Reporter(folder)

    def full(path: Path, text: str, *, lasting: bool = True) -> None:
        if (folder.path / reporter.RESERVE).exists():
            raise OSError(28, "No space left on device")
        write_text(path, text, lasting=lasting)

    monkeypatch.setattr("core.training.run_folder.write_text", full)
    told.end(RunState.FAILED, worker.explain(OSError(28, "No space left on device")))
    assert "disk is full" in folder.status().reason


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate"), "Memory ran"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "The GPU's memory ran"),
        (
            RuntimeError("OOM when allocating tensor on /job:localhost/device:GPU:0"),
            "The GPU's memory ran",
        ),
        (MemoryError("Unable to allocate 4 GiB"), "Memory ran"),
    ],
)
def test_memory_that_ran_out_is_said_in_words(fault: Exception, place: str) -> None:
    assert worker.explain(fault).startswith(place)
    assert "smaller batch_size" in worker.explain(fault)
