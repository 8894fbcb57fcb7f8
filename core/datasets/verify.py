"""Checks a folder before anything is prepared, and names every file and row that is wrong."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core.datasets.base import Problem, Reader
from core.datasets.imagefiles import fault_of
from core.domain.cases import Case, MaskFile
from core.errors import DatasetError

MISSING = "The file is missing."


def verify(reader: Reader) -> Iterator[Problem]:
    """Problems as they are found, file by file; the last ones concern the set as a whole."""
    cases: list[Case] = []
    try:
        for item in reader.scan():
            if isinstance(item, Problem):
                yield item
                if item.fatal:
                    return
            else:
                cases.append(item)
    except DatasetError as fault:
        yield Problem(str(reader.root), None, str(fault), fatal=True)
        return
    if not cases:
        message = "Not one image is described here. Check the path and the format."
        yield Problem(str(reader.root), None, message, fatal=True)
        return
    yield from _file_problems(reader, cases)
    yield from _set_problems(reader.root, cases)


def _file_problems(reader: Reader, cases: list[Case]) -> Iterator[Problem]:
    """A file that holds many images is looked at once."""
    bad: Counter[bool] = Counter()
    looked_at: dict[str, str | None] = {}
    for case in cases:
        source = reader.pixels(case)
        if not isinstance(source, Path):
            bad[False] += 1
            continue
        if case.path not in looked_at:
            looked_at[case.path] = fault_of(source)
            if fault := looked_at[case.path]:
                yield Problem(case.path, case.row, fault)
        bad[looked_at[case.path] is not None] += 1
        yield from _mask_problems(reader.root, case)
    if not bad[False]:
        message = f"None of the {bad[True]} images can be read. Check the path."
        yield Problem(str(reader.root), None, message, fatal=True)


def _mask_problems(root: Path, case: Case) -> Iterator[Problem]:
    for finding in case.findings:
        if isinstance(finding.shape, MaskFile):
            folder = (root / finding.shape.path).parent
            if not (root / finding.shape.path).is_file() and not folder.is_dir():
                yield Problem(
                    finding.shape.path, case.row, f"The mask of {case.image_id} is missing."
                )


def _set_problems(root: Path, cases: list[Case]) -> Iterator[Problem]:
    twice = [name for name, n in Counter(case.image_id for case in cases).items() if n > 1]
    for name in twice:
        yield Problem(str(root), None, f"Several images have the id {name!r}.", fatal=True)
    sides: dict[str, set[str]] = {}
    for case in cases:
        if case.split:
            sides.setdefault(case.patient_id, set()).add(case.split)
    torn = sorted(patient for patient, parts in sides.items() if len(parts) > 1)
    if torn:
        message = (
            f"{len(torn)} patients are on both sides of the official split, such as {torn[0]}. "
            "Use the repaired official split."
        )
        yield Problem(str(root), None, message)
