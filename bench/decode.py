"""How long a full-size mammogram takes from file to model input, beside bare decoding.

    python bench/decode.py [--repeats N] [--json]

Every transfer syntax holds the same synthetic image of 3328 x 4084 pixels. "bare" is
pydicom with the quickest decoder known to it or to us; "bare + resize" adds one
full-size area resize to 512 pixels, which is the least that any pipeline does. The
three are timed in turn, so that a busy machine slows them alike.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.preprocessing import specs
from core.preprocessing.decoding.codecs import decoder, plugins
from core.preprocessing.pipeline import decode_for, prepare

ROWS, COLUMNS, BITS = 4084, 3328, 14
SPEC = specs.load("full-field")
MOST_MS, MOST_RATIO = 60.0, 1.25
MAMMOGRAPHY = uid.DigitalMammographyXRayImageStorageForPresentation
SYNTAXES = {
    "uncompressed": uid.ExplicitVRLittleEndian,
    "deflated": uid.DeflatedExplicitVRLittleEndian,
    "RLE": uid.RLELossless,
    "JPEG lossless": uid.JPEGLosslessSV1,
    "JPEG-LS": uid.JPEGLSLossless,
    "JPEG 2000": uid.JPEG2000Lossless,
}


def mammogram_like(rows: int = ROWS, columns: int = COLUMNS, seed: int = 0) -> NDArray[np.uint16]:
    """A half-ellipse of cloudy tissue with grain, a label, and a noisy dark background."""
    generator = np.random.default_rng(seed)
    y, x = np.ogrid[0:rows, 0:columns]
    distance = np.hypot((x - columns) / (0.72 * columns), (y - rows / 2) / (0.42 * rows))
    breast = np.clip((1 - distance) * 6, 0, 1).astype(np.float32)
    clouds = sum(_cloud(generator, rows, columns, size) for size in (24, 96, 400))
    grain = generator.standard_normal((rows, columns), dtype=np.float32)
    image = breast * (6000 + 900 * clouds + 60 * grain) + 40 + 6 * grain
    image[rows // 40 : rows // 20, columns // 33 : columns // 7] = 12000
    return np.asarray(np.clip(image, 0, 2**BITS - 1), np.uint16)


def _cloud(generator: np.random.Generator, rows: int, columns: int, size: int) -> Any:
    coarse = generator.standard_normal((size, size), dtype=np.float32)
    return cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)


def header(image: NDArray[np.uint16], syntax: uid.UID) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = (
        uid.DigitalMammographyXRayImageStorageForPresentation
    )
    dataset.file_meta.MediaStorageSOPInstanceUID = uid.generate_uid()
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID
    dataset.Modality, dataset.PhotometricInterpretation = "MG", "MONOCHROME2"
    dataset.Rows, dataset.Columns = image.shape
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, BITS, BITS - 1
    dataset.WindowCenter, dataset.WindowWidth = 6000, 9000
    return dataset


def compressed(image: NDArray[np.uint16], syntax: uid.UID) -> bytes:
    """One frame by the encoder at hand for the syntax."""
    if syntax == uid.JPEG2000Lossless:
        return _by_openjpeg(image)
    if syntax == uid.JPEGLosslessSV1:
        return _by_gdcm(image)
    dataset = header(image, uid.ExplicitVRLittleEndian)
    dataset.compress(syntax, image)
    return bytes(pydicom.encaps.get_frame(dataset.PixelData, 0, number_of_frames=1))


def _by_openjpeg(image: NDArray[np.uint16]) -> bytes:
    import openjpeg

    return bytes(
        openjpeg.encode_pixel_data(
            image.tobytes(),
            rows=image.shape[0],
            columns=image.shape[1],
            samples_per_pixel=1,
            bits_allocated=16,
            bits_stored=BITS,
            pixel_representation=0,
            photometric_interpretation="MONOCHROME2",
            use_mct=False,
        )
    )


def _by_gdcm(image: NDArray[np.uint16]) -> bytes:
    import gdcm

    with tempfile.TemporaryDirectory() as folder:
        plain, packed = Path(folder) / "plain.dcm", Path(folder) / "packed.dcm"
        write(image, uid.ExplicitVRLittleEndian, plain)
        reader = gdcm.ImageReader()
        reader.SetFileName(str(plain))
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
        if not reader.Read():
            raise RuntimeError("GDCM cannot read an uncompressed file")
        change.SetInput(reader.GetImage())
        writer = gdcm.ImageWriter()
        writer.SetFileName(str(packed))
        writer.SetFile(reader.GetFile())
        if not change.Change():
            raise RuntimeError("GDCM cannot compress to JPEG lossless")
        writer.SetImage(change.GetOutput())
        writer.Write()
        data = pydicom.dcmread(packed).PixelData
    return bytes(pydicom.encaps.get_frame(data, 0, number_of_frames=1))


def write(
    image: NDArray[np.uint16], syntax: uid.UID, path: Path, change: Callable[[Dataset], object] = id
) -> Path:
    """`change` may alter the header before it is written."""
    dataset = header(image, syntax)
    if syntax.is_encapsulated:
        dataset.PixelData = encapsulate([compressed(image, syntax)])
        dataset["PixelData"].is_undefined_length = True
    else:
        little = syntax.is_little_endian
        dataset.PixelData = (image if little else image.byteswap()).tobytes()
    dataset["PixelData"].VR = "OB" if syntax.is_encapsulated else "OW"
    change(dataset)
    dataset.save_as(path, enforce_file_format=True)
    return path


def bare(path: Path) -> NDArray[Any]:
    dataset = pydicom.dcmread(path)
    found = decoder(str(dataset.file_meta.TransferSyntaxUID))
    return found.as_array(dataset, raw=True, decoding_plugin=plugins(found)[0])[0]


def resized(path: Path) -> NDArray[Any]:
    size = (round(SPEC.height * COLUMNS / ROWS), SPEC.height)
    return np.asarray(cv2.resize(bare(path), size, interpolation=cv2.INTER_AREA))


def ours(path: Path) -> NDArray[Any]:
    return prepare(decode_for(path, SPEC), SPEC).pixels


def measure(path: Path, repeats: int) -> dict[str, float]:
    ways = {"ours": ours, "bare": bare, "bare + resize": resized}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way(path)
    for _ in range(repeats):
        for name, way in ways.items():
            begun = time.perf_counter()
            way(path)
            times[name].append(1000 * (time.perf_counter() - begun))
    found = {name: median(taken) for name, taken in times.items()}
    return found | {"ratio": found["ours"] / found["bare + resize"]}


def table(repeats: int) -> dict[str, dict[str, float]]:
    image = mammogram_like()
    with tempfile.TemporaryDirectory() as folder:
        return {
            name: measure(write(image, syntax, Path(folder) / "image.dcm"), repeats)
            for name, syntax in SYNTAXES.items()
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows = table(chosen.repeats)
    if chosen.json:
        print(json.dumps(rows, indent=2))
        return 0
    print(f"{COLUMNS} x {ROWS}, {BITS} bits in 16, to {SPEC.width} x {SPEC.height}; medians, ms")
    print(f"{'syntax':<14}{'ours':>9}{'bare':>9}{'bare + resize':>15}{'ratio':>8}")
    for name, row in rows.items():
        print(
            f"{name:<14}{row['ours']:>9.1f}{row['bare']:>9.1f}"
            f"{row['bare + resize']:>15.1f}{row['ratio']:>8.2f}"
        )
    print(f"Wanted: uncompressed at most {MOST_MS:.0f} ms; compressed a ratio of {MOST_RATIO}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
