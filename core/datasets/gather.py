"""Which images a prepared dataset will hold: the cases of its sources, chosen and kept apart."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.datasets.base import Reader, open_reader
from core.domain.cases import Case
from core.domain.dataset import PrepareRequest
from core.domain.tasks import Task, task
from core.errors import DatasetError


@dataclass(frozen=True)
class Gathered:
    """`tasks` pairs each case with the place of its source; `left_out` counts the others."""

    tasks: list[tuple[int, Case]]
    left_out: dict[str, int]
    synthetic: bool
    terms: str

    @property
    def cases(self) -> list[Case]:
        return [case for _, case in self.tasks]

    def fingerprint(self) -> str:
        """Changes when the images or their order do."""
        digest = hashlib.sha256()
        for place, case in self.tasks:
            digest.update(f"{place}|{case.image_id}|{case.path}|{case.part}\n".encode())
        return digest.hexdigest()


def gather(request: PrepareRequest) -> Gathered:
    readers = [open_reader(s.format, Path(s.root), s.options) for s in request.sources]
    names = source_names([source.format for source in request.sources])
    left_out: Counter[str] = Counter()
    tasks: list[tuple[int, Case]] = []
    for place, (reader, name) in enumerate(zip(readers, names, strict=True)):
        apart = f"{name}/" if len(readers) > 1 else ""
        for case in reader.cases():
            if reason := _reason_to_leave_out(case, request, task(request.task)):
                left_out[reason] += 1
            else:
                tasks.append((place, _named(case, name, apart)))
    if not tasks:
        raise DatasetError(_nothing_left(request, left_out))
    _check_ids(tasks)
    chosen = _limited(tasks, request.limit, request.seed)
    left_out["beyond the limit"] += len(tasks) - len(chosen)
    return Gathered(chosen, dict(+left_out), any(r.synthetic for r in readers), _terms(readers))


def _check_ids(tasks: Sequence[tuple[int, Case]]) -> None:
    name, count = Counter(case.image_id for _, case in tasks).most_common(1)[0]
    if count > 1:
        raise DatasetError(
            f"{count} images have the id {name!r}. Give each image an id of its own."
        )


def source_names(formats: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for name in formats:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


def _reason_to_leave_out(case: Case, request: PrepareRequest, asked: Task) -> str | None:
    if request.views and (case.view is None or case.view.value not in request.views):
        return "another view"
    if asked.of(case) is None:
        return f"no class of the task {asked.name}"
    return None


def _named(case: Case, source: str, apart: str) -> Case:
    """Two sets may both have a patient 1: in a combination, ids carry their source."""
    return replace(
        case,
        source=source,
        image_id=apart + case.image_id,
        patient_id=apart + case.patient_id,
        group=apart + case.group if case.group else None,
    )


def _limited(tasks: list[tuple[int, Case]], limit: int | None, seed: int) -> list[tuple[int, Case]]:
    """Whole patients drawn at random until the limit is reached, in the order of the set."""
    if limit is None or len(tasks) <= limit:
        return tasks
    patients = sorted({case.patient_id for _, case in tasks})
    np.random.default_rng(seed).shuffle(patients)
    sizes = Counter(case.patient_id for _, case in tasks)
    chosen: set[str] = set()
    for patient in patients:
        if sum(sizes[one] for one in chosen) >= limit:
            break
        chosen.add(patient)
    return [pair for pair in tasks if pair[1].patient_id in chosen][:limit]


def _nothing_left(request: PrepareRequest, left_out: Counter[str]) -> str:
    where = ", ".join(source.root for source in request.sources)
    why = ", ".join(f"{count} with {reason}" for reason, count in left_out.items())
    return f"There is no image to prepare in {where}" + (
        f": {why}. Choose another task or view." if why else ". Check the path and the format."
    )


def _terms(readers: Sequence[Reader]) -> str:
    return "; ".join(dict.fromkeys(reader.terms for reader in readers))


def joined_groups(cases: Sequence[Case]) -> dict[str, str]:
    """Patient to group: patients that share a copy of an image are one group."""
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for case in cases:
        if case.group:
            # A group's own name must not collide with a patient's.
            leader[find(f"group:{case.group}")] = find(case.patient_id)
    return {case.patient_id: find(case.patient_id) for case in cases}
