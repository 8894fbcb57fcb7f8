"""Any image file to one float image of known polarity: the content decides how, never the name."""

from importlib import import_module
from types import ModuleType

from core.domain.images import ImageFacts, Mammogram
from core.preprocessing.decoding.kind import Family, kind_of
from core.preprocessing.decoding.source import Content, Source, open_source
from core.preprocessing.decoding.stored import Stored, display

__all__ = ["Source", "decode", "read_facts"]

READERS = {
    Family.DICOM: "core.preprocessing.decoding.dicom",
    Family.ORDINARY: "core.preprocessing.decoding.ordinary",
}


def decode(source: Source, *, working_height: int | None = 1024, voi: bool = True) -> Mammogram:
    """Stored values to [0, 1] with dense tissue bright, averaged down to `working_height` rows.

    `voi` applies the display window of a DICOM header; without it, the range that the
    header allows is only scaled. Raises ImageError with a sentence for the person.
    """
    content = open_source(source)
    stored: Stored = _reader(content).read(content, voi, working_height)
    return display(stored, working_height)


def read_facts(source: Source) -> ImageFacts:
    """What the header says, without decoding a pixel."""
    content = open_source(source)
    facts: ImageFacts = _reader(content).facts(content)
    return facts


def _reader(content: Content) -> ModuleType:
    """Imported when needed: pydicom does not hold up the first page."""
    return import_module(READERS[kind_of(content)])
