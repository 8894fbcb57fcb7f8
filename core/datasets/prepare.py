"""Prepares a dataset: every image decoded once, in parallel, resumable at any moment."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from core import __version__, paths
from core.datasets.crew import Crew
from core.datasets.gather import Gathered, gather, joined_groups
from core.datasets.index import write_index, write_quarantine
from core.datasets.journal import JOURNAL, Journal
from core.datasets.naming import check_name, sole_writer
from core.datasets.prepared import (
    IMAGES,
    INDEX,
    INFO,
    QUARANTINE,
    PreparedDataset,
    open_prepared,
)
from core.datasets.progress import PrepareState, Progress, ProgressWriter, replace_text
from core.datasets.spares import Spares
from core.datasets.splits import DEFAULT, make_split
from core.disk import demand_room
from core.domain.dataset import DatasetInfo, PrepareRequest
from core.domain.tasks import task
from core.errors import DatasetError, MammolensError

REQUEST, LOG = "request.json", "log.txt"
SPARE_BYTES = 64 << 20
LIBRARIES = ("numpy", "opencv-python-headless", "pydicom")
Watcher = Callable[[Progress], None]


class Stopped(MammolensError):
    """Someone asked the preparation to end; what is done is kept."""

    code = "stopped"


def prepare_dataset(
    request: PrepareRequest,
    workers: int,
    *,
    watch: Watcher = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    spares: Spares | None = None,
) -> PreparedDataset:
    """Goes on where an earlier call with the same request stopped; a finished set is kept."""
    check_name(request.name)
    task(request.task)
    folder = paths.datasets() / request.name
    folder.mkdir(parents=True, exist_ok=True)
    with sole_writer(folder):
        if _already_finished(folder, request):
            return open_prepared(request.name)
        writer = ProgressWriter(folder)
        try:
            dataset = _Preparation(request, folder, writer, watch, stop, spares).run(workers)
        except BaseException as fault:
            stopped = isinstance(fault, Stopped | KeyboardInterrupt)
            state = PrepareState.STOPPED if stopped else PrepareState.FAILED
            writer.write(state, message=str(fault))
            raise
    # Only now that the folder is let go, as who reads "finished" may delete it at once.
    writer.write(PrepareState.FINISHED, writer.total, dataset.info.quarantined)
    return dataset


def _already_finished(folder: Path, request: PrepareRequest) -> bool:
    """A beginning that holds no image yet may be begun again in another way."""
    file, journal = folder / REQUEST, folder / JOURNAL
    begun = (folder / INFO).is_file() or (journal.is_file() and journal.stat().st_size > 0)
    if not begun:
        file.unlink(missing_ok=True)
        return False
    if not file.is_file() or json.loads(file.read_text())["request"] != json.loads(
        json.dumps(asdict(request))
    ):
        raise DatasetError(
            f"A dataset {request.name!r} was already prepared or begun in another way. Choose "
            f"another name, or delete it first: python -m core datasets --delete {request.name}"
        )
    return (folder / INFO).is_file()


@dataclass
class _Preparation:
    request: PrepareRequest
    folder: Path
    writer: ProgressWriter
    watch: Watcher
    stop: Callable[[], bool]
    spares: Spares | None = None

    def run(self, workers: int) -> PreparedDataset:
        started = time.monotonic()
        self.writer.write(PrepareState.READING)
        gathered = gather(self.request)
        self._remember(gathered)
        journal = self._journal()
        try:
            self._check_disk(journal, len(gathered.tasks))
            self._commit_all(journal, gathered, workers)
            self._finish(journal, gathered, time.monotonic() - started)
        finally:
            journal.close()
        return open_prepared(self.request.name)

    def _remember(self, gathered: Gathered) -> None:
        """The source must not have changed between two sittings, or rows would not match."""
        file, now = self.folder / REQUEST, gathered.fingerprint()
        if file.is_file() and json.loads(file.read_text())["cases"] != now:
            raise DatasetError(
                f"The source of {self.request.name!r} has changed since its preparation began. "
                f"Delete what there is and begin again: "
                f"python -m core datasets --delete {self.request.name}"
            )
        replace_text(file, json.dumps({"request": asdict(self.request), "cases": now}))

    def _journal(self) -> Journal:
        spec = self.request.spec
        kind = np.dtype(np.uint8 if spec.bits == 8 else np.uint16)
        finished = self.folder / IMAGES
        if finished.is_file():  # killed between the last two steps
            finished.replace(self.folder / "images.part")
        return Journal(self.folder, (spec.height, spec.width), kind)

    def _check_disk(self, journal: Journal, cases: int) -> None:
        """Patches are counted as three a case: enough for a lesion and its background."""
        frames = (cases - journal.cases) * (3 if self.request.patches else 1)
        demand_room(
            self.folder,
            frames * journal.frame_bytes + SPARE_BYTES,
            f"Preparing {cases} images",
            "Make room, choose a smaller size or a limit.",
        )

    def _commit_all(self, journal: Journal, gathered: Gathered, workers: int) -> None:
        remaining = gathered.tasks[journal.cases :]
        self.writer.total, self.writer.begun_at = len(gathered.tasks), journal.cases
        self.writer.started = time.monotonic()
        if not remaining:
            return
        self._tell(journal, now=True)
        log, wanted = self.folder / LOG, min(workers, len(remaining))
        with Crew(self.request, wanted, log, self.spares) as crew:
            for (_, case), result in zip(remaining, crew.results(remaining), strict=True):
                journal.commit(journal.cases, result.frames, result.rows, case.path, result.reason)
                self._tell(journal, now=journal.cases == len(gathered.tasks))
                if self.stop():
                    journal.sync()
                    self._tell(journal, now=True)
                    raise Stopped("Stopped. Prepare again to go on where it stopped.")

    def _tell(self, journal: Journal, *, now: bool) -> None:
        state, done, faults = PrepareState.RUNNING, journal.cases, journal.faults
        if progress := self.writer.write(state, done, faults, now=now):
            self.watch(progress)

    def _finish(self, journal: Journal, gathered: Gathered, seconds: float) -> None:
        if not journal.frames:
            reason = next((entry.reason for entry in journal.entries()), "")
            raise DatasetError(f"Not one image could be prepared. The first: {reason}")
        write_index(self.folder / INDEX, journal.entries(), joined_groups(gathered.cases))
        write_quarantine(self.folder / QUARANTINE, journal.entries())
        journal.finish(self.folder / IMAGES)
        info = self._info(journal, gathered, seconds)
        dataset = PreparedDataset(self.folder, info)
        dataset.save_split(*make_split(dataset.index, DEFAULT))
        patients = int(dataset.index["patient_id"].nunique())
        info = DatasetInfo(**{**vars(info), "patients": patients})
        replace_text(self.folder / INFO, json.dumps(asdict(info), indent=2))
        (self.folder / JOURNAL).unlink()

    def _info(self, journal: Journal, gathered: Gathered, seconds: float) -> DatasetInfo:
        request = self.request
        options = {
            "sources": [asdict(source) for source in request.sources],
            "views": list(request.views),
            "limit": request.limit,
            "patches": asdict(request.patches) if request.patches else None,
            "left_out": gathered.left_out,
        }
        return DatasetInfo(
            name=request.name,
            format="+".join(source.format for source in request.sources),
            root=request.sources[0].root,
            spec=request.spec,
            task=request.task,
            classes=task(request.task).class_names,
            images=journal.frames,
            patients=0,
            quarantined=journal.faults,
            synthetic=gathered.synthetic,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(seconds, 3),
            versions={"mammolens": __version__, **{name: version(name) for name in LIBRARIES}},
            checksums={name: checksum(self.folder / name) for name in (IMAGES, INDEX)},
            terms=gathered.terms,
            options=options,
        )


def checksum(path: Path) -> str:
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    return digest.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(1 << 20), b"")
