"""What a layout does: write one patient's files anywhere, then the tables once."""

from pathlib import Path
from typing import Any, Protocol

from core.phantom.config import PhantomConfig
from core.phantom.outline import FIELD_OF_VIEW_MM
from core.phantom.render import VIEWS, PhantomImage

Rows = list[dict[str, Any]]
BYTES_PER_PIXEL = 2


class Layout(Protocol):
    """`patient_files` runs in any process and order; `tables` once, in the parent.

    What `patient_files` returns reaches `tables` in the order of the patients.
    """

    def config(self, config: PhantomConfig) -> PhantomConfig:
        """The same set as this publisher would have made it, such as on film."""
        ...

    def patient_bytes(self, config: PhantomConfig) -> int:
        """About how much of the disk the files of one patient take."""
        ...

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows: ...

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None: ...


def uncompressed(config: PhantomConfig) -> int:
    """Bytes of one patient's images at 16 bits, by which layouts tell what they take."""
    tall, wide = FIELD_OF_VIEW_MM
    return round(len(VIEWS) * config.height**2 * wide / tall) * BYTES_PER_PIXEL
