"""What a layout does: write one patient's files anywhere, then the tables once."""

from pathlib import Path
from typing import Any, Protocol

from core.phantom.config import PhantomConfig
from core.phantom.render import PhantomImage

Rows = list[dict[str, Any]]


class Layout(Protocol):
    """`patient_files` runs in any process and order; `tables` once, in the parent.

    What `patient_files` returns reaches `tables` in the order of the patients.
    """

    def config(self, config: PhantomConfig) -> PhantomConfig:
        """The same set as this publisher would have made it, such as on film."""
        ...

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows: ...

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None: ...
