"""Names for things that come one to a file: adding the file adds the entry.

Menus need names and one-line summaries, not the code behind them: those are read
from the file's docstring without importing it, and the entry itself is imported
when it is asked for.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Generic, TypeVar

from core.errors import NotFound

T = TypeVar("T")


@dataclass(frozen=True)
class Entry(Generic[T]):
    """One thing that can be chosen, not yet imported."""

    name: str
    summary: str
    module: str
    attribute: str

    def load(self) -> T:
        value: T = getattr(import_module(self.module), self.attribute)
        return value


class Registry(Generic[T]):
    """The public modules of one package, each exposing the same attribute.

    A module `cbis_ddsm.py` is the entry `cbis-ddsm`, or `cbis_ddsm` where names
    are spelled with underscores. Modules that start with an underscore and those
    named in `internal` are not entries.
    """

    def __init__(
        self,
        package: str,
        attribute: str,
        what: str,
        *,
        internal: tuple[str, ...] = (),
        spell: Callable[[str], str] = lambda stem: stem.replace("_", "-"),
    ) -> None:
        self.package, self.attribute, self.what = package, attribute, what
        self._internal, self._spell = internal, spell
        self._added: dict[str, Entry[T]] = {}

    @cached_property
    def _found(self) -> dict[str, Entry[T]]:
        entries: dict[str, Entry[T]] = {}
        for path in sorted(_folder(self.package).glob("*.py")):
            if not path.stem.startswith("_") and path.stem not in self._internal:
                name = self._spell(path.stem)
                module = f"{self.package}.{path.stem}"
                entries[name] = Entry(name, _summary(path), module, self.attribute)
        return entries

    def add(self, name: str, module: str, summary: str = "", attribute: str | None = None) -> None:
        """Register an entry that lives elsewhere, such as in a researcher's own package."""
        if name in self._found or name in self._added:
            raise ValueError(f"{self.what} {name!r} is already registered. Choose another name.")
        self._added[name] = Entry(name, summary, module, attribute or self.attribute)

    def names(self) -> list[str]:
        return [*self._found, *self._added]

    def __iter__(self) -> Iterator[Entry[T]]:
        yield from self._found.values()
        yield from self._added.values()

    def __contains__(self, name: object) -> bool:
        return name in self._found or name in self._added

    def entry(self, name: str) -> Entry[T]:
        try:
            return self._found.get(name) or self._added[name]
        except KeyError:
            known = ", ".join(self.names())
            raise NotFound(f"There is no {self.what} {name!r}. Known: {known}.") from None

    def load(self, name: str) -> T:
        return self.entry(name).load()


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(f"{package} is not a package")
    return Path(spec.submodule_search_locations[0])


def _summary(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n\n")[0].replace("\n", " ").strip()
