"""What a file is, told by its first bytes: a name or an extension may lie."""

from enum import Enum

from core.errors import ImageError
from core.preprocessing.decoding.source import Content


class Family(Enum):
    DICOM = "DICOM"
    ORDINARY = "ordinary"


ORDINARY = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"BM": "BMP",
    **{b"P%d" % number: "PGM" for number in range(1, 7)},
}
OTHERS = {
    b"GIF8": "a GIF",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x93NUMPY": "a NumPy array",
    b"\x89HDF": "an HDF5 file",
    b"\x00\x00\x00\x0cjP": "a JPEG 2000 file outside DICOM",
    b"\xff\x4f\xff\x51": "a JPEG 2000 file outside DICOM",
    b"<": "a web page or XML file",
    b"{": "a JSON file",
    b"[": "a JSON file",
}
ALLOWED = "Mammolens reads DICOM, PNG, JPEG, TIFF, PGM and BMP."


def kind_of(content: Content) -> Family:
    head = content.head(512)
    if head[128:132] == b"DICM" or _bare_dicom(head):
        return Family.DICOM
    if ordinary_format(head):
        return Family.ORDINARY
    raise ImageError(f"This is {_name(head)}, not an image. {ALLOWED} Choose another file.")


def ordinary_format(head: bytes) -> str | None:
    for magic, name in ORDINARY.items():
        if head.startswith(magic) and (name != "PGM" or head[2:3].isspace()):
            return name
    return None


def _bare_dicom(head: bytes) -> bool:
    """A data set without the 128-byte preamble starts with a low group in either byte order."""
    little = head[1:2] == b"\0" and head[:1] in (b"\x02", b"\x08") and head[3:4] == b"\0"
    big = head[:1] == b"\0" and head[1:2] in (b"\x02", b"\x08") and head[2:3] == b"\0"
    return len(head) >= 16 and (little or big)


def _name(head: bytes) -> str:
    if head[8:12] == b"WEBP":
        return "a WebP picture"
    if head.startswith(b"RIFF"):
        return "a sound or video file"
    for magic, name in OTHERS.items():
        if head.startswith(magic):
            return name
    return "a text file" if _is_text(head) else "a file of an unknown kind"


def _is_text(head: bytes) -> bool:
    """Bytes that no text in any common encoding would have tell a picture or a program apart."""
    controls = sum(byte < 32 and byte not in b"\t\r\n\f" for byte in head)
    return not controls and sum(byte < 128 for byte in head) > len(head) / 2
