"""The contract of a dataset format: a folder goes in, cases and problems come out.

A reader looks at names, tables and small annotation files. It never decodes pixels, so
that a set can be described and checked in seconds before anything is prepared.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from numpy.typing import NDArray

from core.domain.cases import Case
from core.errors import ConfigError, DatasetError
from core.registry import Registry

PixelSource = Path | NDArray[Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file or row. With a fatal one the set cannot be prepared at all."""

    file: str
    row: int | None  # as a spreadsheet counts: the heading is row 1
    message: str
    fatal: bool = False

    def to_document(self) -> dict[str, Any]:
        return asdict(self)


class Reader(ABC):
    """One dataset in one folder. Subclasses say what they are in the class variables.

    `options` lists the choices a person has, with their defaults. `certainty` is how sure
    the format is that a folder is its own: 0 not at all, 100 beyond doubt.
    """

    title: ClassVar[str]
    terms: ClassVar[str]
    default_task: ClassVar[str]
    options: ClassVar[Mapping[str, str]] = {}
    cut_already: ClassVar[bool] = False  # its images are patches, from which none can be cut

    def __init__(self, root: Path, options: Mapping[str, str] | None = None) -> None:
        if not root.exists():
            raise DatasetError(f"There is no folder {root}. Give the path of the dataset.")
        unknown = sorted(set(options or {}) - set(self.options))
        if unknown:
            known = ", ".join(self.options) or "none"
            raise ConfigError(f"{self.title} has no option {unknown[0]!r}. Allowed: {known}.")
        self.root = root
        self.chosen = {**self.options, **(options or {})}

    @classmethod
    @abstractmethod
    def certainty(cls, root: Path) -> int: ...

    @abstractmethod
    def scan(self) -> Iterator[Case | Problem]:
        """Each case once, in an order that does not change, and what is wrong as it is found."""

    def cases(self) -> Iterator[Case]:
        for item in self.scan():
            if isinstance(item, Case):
                yield item
            elif item.fatal:
                raise DatasetError(f"{item.file}: {item.message}")

    def pixels(self, case: Case) -> PixelSource:
        """What to hand to the decoder: a file, or an array for files that hold many images."""
        return self.root / case.path

    @property
    def synthetic(self) -> bool:
        return (self.root / "phantom.json").is_file()


FORMATS: Registry[type[Reader]] = Registry("core.datasets.formats", "FORMAT", "dataset format")


def open_reader(name: str, root: Path, options: Mapping[str, str] | None = None) -> Reader:
    return FORMATS.load(detect(root) if name == "auto" else name)(root, options)


def detect(root: Path) -> str:
    """The format a folder most looks like."""
    if not root.exists():
        raise DatasetError(f"There is no folder {root}. Give the path of the dataset.")
    ranking = [(entry.load().certainty(root), entry.name) for entry in FORMATS]
    certainty, name = max(ranking, key=lambda pair: pair[0])
    if not certainty:
        raise DatasetError(
            f"{root} looks like none of the known formats ({', '.join(FORMATS.names())}). "
            "Name the format, or describe the images in a CSV manifest."
        )
    return name
