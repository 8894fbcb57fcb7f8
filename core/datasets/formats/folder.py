"""A plain folder with one subfolder per class, described further by a cases.csv if it has one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from core.datasets import vocabulary as words
from core.datasets.base import Problem, Reader
from core.datasets.formats.manifest import NEEDED, rows_to_cases
from core.datasets.imagefiles import images_under
from core.datasets.tables import headings
from core.domain.cases import Case
from core.errors import ConfigError

TABLE = "cases.csv"


class Folder(Reader):
    title = "folder per class"
    terms = "your own data: your own terms"
    default_task = "four-class"
    options: ClassVar[dict[str, str]] = {"patient": ""}

    @classmethod
    def certainty(cls, root: Path) -> int:
        return 70 if root.is_dir() and len(_class_folders(root)) > 1 else 0

    def scan(self) -> Iterator[Case | Problem]:
        folders = _class_folders(self.root)
        if not folders:
            known = ", ".join(words.PATHOLOGIES)
            message = f"No folder here is named after a class. Known names: {known}."
            yield Problem(str(self.root), None, message, fatal=True)
            return
        table = self.root / TABLE
        described: set[str] = set()
        if table.is_file() and set(NEEDED) <= set(headings(table)):
            for item in rows_to_cases(table):
                if isinstance(item, Case):
                    described.add(item.path)
                yield item
        yield from self._undescribed(folders, described)

    def _undescribed(self, folders: list[Path], described: set[str]) -> Iterator[Case | Problem]:
        pattern = self._patient_pattern()
        guesses = 0
        for folder in folders:
            for file in images_under(folder):
                path = file.relative_to(self.root).as_posix()
                if path not in described:
                    found = pattern.search(path) if pattern else None
                    guesses += found is None
                    yield _case(
                        path, folder.name, found.group(found.lastindex or 0) if found else path
                    )
        if guesses:
            message = (
                f"The patient of {guesses} images is not known: each counts as a patient of its "
                "own, so views of one breast may land on both sides of a split. Add a "
                "cases.csv, or give the option patient with a regular expression for the file name."
            )
            yield Problem(str(self.root), None, message)

    def _patient_pattern(self) -> "re.Pattern[str] | None":
        chosen = self.chosen["patient"]
        try:
            return re.compile(chosen) if chosen else None
        except re.error as fault:
            raise ConfigError(
                f"The option patient is no regular expression: {chosen!r} ({fault})."
            ) from None


FORMAT = Folder


def _class_folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(
        path
        for path in root.iterdir()
        if path.is_dir() and words.meaning(path.name) != (None, None)
    )


def _case(path: str, label: str, patient: str) -> Case:
    pathology, cancer = words.meaning(label)
    return Case(path, patient, "", path, label=label, pathology=pathology, cancer=cancer)
