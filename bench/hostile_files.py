"""Files made to harm whoever opens them: damaged ones by the thousand, and known traps by name."""

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydicom import uid
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence

from bench.decode import SYNTAXES, mammogram_like, write

Change = Callable[[np.random.Generator, bytearray], bytearray]
ROWS, COLUMNS = 192, 160  # large enough to be asked about
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000)


@lru_cache(maxsize=1)
def sound_files() -> dict[str, bytes]:
    """One valid small file of every kind that can be read."""
    image = mammogram_like(ROWS, COLUMNS)
    return {**_dicom_files(image), **_pictures((image >> 6).astype(np.uint8), image)}


def _dicom_files(image: Any) -> dict[str, bytes]:
    plain = {
        **SYNTAXES,
        "implicit": uid.ImplicitVRLittleEndian,
        "big endian": uid.ExplicitVRBigEndian,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "image.dcm"
        found = {f"DICOM {n}": write(image, s, file).read_bytes() for n, s in plain.items()}
        found["DICOM many frames"] = _dicom(file, image, _frames)
        found["DICOM tables"] = _dicom(file, image, _tables)
        found["DICOM colour"] = _dicom(file, image, _colour)
        found["DICOM JPEG"] = _dicom(file, image, _baseline)
    return found


def _dicom(file: Path, image: Any, change: Callable[[Dataset], None]) -> bytes:
    return write(image, uid.ExplicitVRLittleEndian, file, change).read_bytes()


def _frames(dataset: Dataset) -> None:
    dataset.NumberOfFrames = 3
    dataset.PixelData = dataset.PixelData * 3


def _tables(dataset: Dataset) -> None:
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [256, 0, 8], np.arange(256, dtype="<u2").tobytes()
    dataset.VOILUTSequence = Sequence([table])
    dataset.ModalityLUTSequence = Sequence([table])


def _colour(dataset: Dataset) -> None:
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    dataset.PhotometricInterpretation = "RGB"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelData = bytes(range(COLUMNS)) * 3 * ROWS


def _baseline(dataset: Dataset) -> None:
    eight = np.frombuffer(dataset.PixelData, np.uint16).reshape(ROWS, COLUMNS) >> 6
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.file_meta.TransferSyntaxUID = uid.JPEGBaseline8Bit
    dataset.PixelData = encapsulate([_picture(eight.astype(np.uint8), "JPEG")])
    dataset["PixelData"].is_undefined_length = True
    dataset["PixelData"].VR = "OB"


def _pictures(eight: Any, sixteen: Any) -> dict[str, bytes]:
    rows, columns = eight.shape
    return {
        **{kind: _picture(eight, kind) for kind in ("PNG", "JPEG", "BMP", "TIFF")},
        "PNG 16": _picture(sixteen, "PNG"),
        "TIFF 16": _picture(sixteen, "TIFF"),
        "TIFF LZW": _picture(eight, "TIFF", compression="tiff_lzw"),
        "TIFF deflate": _picture(eight, "TIFF", compression="tiff_adobe_deflate"),
        "JPEG progressive": _picture(eight, "JPEG", progressive=True),
        "PGM": f"P5\n{columns} {rows}\n255\n".encode() + eight.tobytes(),
        "PGM text": f"P2\n{columns} {rows}\n255\n".encode()
        + b" ".join(b"%d" % v for v in eight.ravel()),
    }


def _picture(pixels: Any, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind, **options)
    return target.getvalue()


def damaged(seed: int) -> tuple[str, bytes]:
    """A sound file with some damage; the same for the same seed."""
    generator = np.random.default_rng(seed)
    files = sound_files()
    name = list(files)[int(generator.integers(len(files)))]
    data = bytearray(files[name])
    for _ in range(int(generator.integers(1, 4))):
        data = CHANGES[int(generator.integers(len(CHANGES)))](generator, data)
    return name, bytes(data)


def _place(generator: np.random.Generator, data: bytearray) -> int:
    """Half of the damage falls on the header, which says how the rest is read."""
    most = min(len(data), 1500) if generator.random() < 0.5 else len(data)
    return int(generator.integers(max(1, most)))


def _flip(generator: np.random.Generator, data: bytearray) -> bytearray:
    for _ in range(int(generator.integers(1, 20))):
        if data:
            data[_place(generator, data)] = int(generator.integers(256))
    return data


def _extreme(generator: np.random.Generator, data: bytearray) -> bytearray:
    at, width = _place(generator, data), int(generator.choice([1, 2, 4]))
    value = int(generator.choice(EXTREMES)) & (256**width - 1)
    order = "big" if generator.random() < 0.5 else "little"
    data[at : at + width] = value.to_bytes(width, "little" if order == "little" else "big")
    return data


def _cut(generator: np.random.Generator, data: bytearray) -> bytearray:
    return data[: int(generator.integers(len(data) + 1))]


def _insert(generator: np.random.Generator, data: bytearray) -> bytearray:
    at = _place(generator, data)
    return data[:at] + bytearray(generator.bytes(int(generator.integers(1, 200)))) + data[at:]


def _repeat(generator: np.random.Generator, data: bytearray) -> bytearray:
    at, length = _place(generator, data), int(generator.integers(1, 400))
    return data[: at + length] + data[at:]


def _blank(generator: np.random.Generator, data: bytearray) -> bytearray:
    at, length = _place(generator, data), int(generator.integers(1, 400))
    data[at : at + length] = bytes(len(data[at : at + length]))
    return data


def _splice(generator: np.random.Generator, data: bytearray) -> bytearray:
    files = list(sound_files().values())
    other = files[int(generator.integers(len(files)))]
    return data[: _place(generator, data)] + bytearray(other[int(generator.integers(len(other))) :])


CHANGES: tuple[Change, ...] = (
    _flip,
    _flip,
    _extreme,
    _extreme,
    _cut,
    _insert,
    _repeat,
    _blank,
    _splice,
)


def traps() -> Iterator[tuple[str, bytes]]:
    """Each was harmful to some program once."""
    yield "empty", b""
    yield "text", b"patient;age\n1;50\n"
    yield "pickle", b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94."
    yield "zip of nothing", b"PK\x05\x06" + bytes(18)
    yield "zip bomb", _zip_bomb()
    yield from _dicom_traps()
    yield from _picture_traps()


def _dicom_traps() -> Iterator[tuple[str, bytes]]:
    files = sound_files()
    image = mammogram_like(ROWS, COLUMNS)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "image.dcm"
        for name, elements in HEADERS.items():
            yield name, _dicom(file, image, partial(_change, elements))
        blank = np.zeros((9000, 9000), np.uint16)
        yield "deflated blank", write(blank, uid.DeflatedExplicitVRLittleEndian, file).read_bytes()
    yield "deflated bomb", _deflated_bomb(files["DICOM deflated"])
    yield "nested", _nested(files["DICOM uncompressed"])
    yield "JPEG 2000 of tiny tiles", _tiny_tiles(files["DICOM JPEG 2000"])
    yield "no header", files["DICOM uncompressed"][-2000:]
    yield "no preamble", files["DICOM uncompressed"][132:]


HEADERS: dict[str, dict[str, Any]] = {
    "huge": {"Rows": 65535, "Columns": 65535},
    "long": {"Rows": 1, "Columns": 65535},
    "no rows": {"Rows": 0},
    "many frames": {"NumberOfFrames": 2**31 - 1},
    "no frames": {"NumberOfFrames": -1},
    "many samples": {"SamplesPerPixel": 65535},
    "wide samples": {"BitsAllocated": 64, "BitsStored": 64},
    "one bit": {"BitsAllocated": 1, "BitsStored": 1},
    "odd bits": {"BitsAllocated": 13, "BitsStored": 99, "HighBit": 77},
    "steep window": {"WindowWidth": 1e-300, "WindowCenter": 1e300},
    "steep line": {"RescaleSlope": "1e308", "RescaleIntercept": "-1e308"},
    "many windows": {"WindowWidth": [9] * 5000, "WindowCenter": [9] * 5000},
    "long name": {"PatientName": "A" * 60000},
}


def _change(elements: dict[str, Any], dataset: Dataset) -> None:
    for name, value in elements.items():
        setattr(dataset, name, value)


def _deflated_bomb(sound: bytes) -> bytes:
    """Three gigabytes in three megabytes: one packed block, three thousand times."""
    at = 144 + int.from_bytes(sound[140:144], "little")  # where the file's own header ends
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    header = b"\x08\x00\x05\x00CS\x00\x00\x09\x00\x11\x00OB\x00\x00\xff\xff\xff\xf0"
    packed = packer.compress(header) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return sound[:at] + packed + block * 3000 + packer.flush()


def _nested(sound: bytes) -> bytes:
    """Sequences in sequences, ten thousand deep."""
    sequence = struct.pack("<HH2sHI", 0x0008, 0x1115, b"SQ", 0, 0xFFFFFFFF)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    at = sound.index(b"\x08\x00\x16\x00UI")
    return sound[:at] + (sequence + item) * 10_000 + sound[at:]


def _tiny_tiles(sound: bytes) -> bytes:
    """A grid of one tile for each pixel, of which a decoder may keep books."""
    at = sound.index(b"\xff\x4f\xff\x51")
    data = bytearray(sound)
    data[at + 24 : at + 32] = struct.pack(">II", 1, 1)
    return bytes(data)


def _zip_bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        with opened.open("../../bomb.png", "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(bytes(1 << 20))
        opened.writestr("/etc/passwd", b"root")
    return target.getvalue()


def _picture_traps() -> Iterator[tuple[str, bytes]]:
    yield "huge PNG", _png(100_000, 100_000, b"")
    yield "blank PNG", _png(14_000, 14_000, zlib.compress(bytes(14_001) * 14_000, 9))
    yield "PNG of long text", _png(8, 8, zlib.compress(bytes(9 * 8)), _long_text())
    yield "huge PGM", b"P5\n99999 99999\n65535\n" + bytes(100)
    yield "huge text PGM", b"P2\n9999999999999 1\n255\n1"
    yield "huge TIFF", _tiff(60_000, 60_000)
    yield "TIFF that ends in itself", _tiff(8, 8, following=8)
    yield (
        "huge BMP",
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 2**30, 2**30, *[1, 24], *[0] * 6),
    )
    huge = bytearray(sound_files()["JPEG"])
    at = huge.index(b"\xff\xc0")
    huge[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    yield "huge JPEG", bytes(huge)


def _png(width: int, height: int, packed: bytes, *more: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [_chunk(b"IHDR", header), *more, _chunk(b"IDAT", packed), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _long_text() -> bytes:
    return _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _tiff(width: int, height: int, following: int = 0) -> bytes:
    entries = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (278, height))
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return (
        b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + rows + struct.pack("<I", following)
    )
