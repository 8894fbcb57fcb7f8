"""One folder per class with 16-bit DICOM, a cases.csv manifest, and a mask for each finding."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.datasets.formats.manifest import COLUMNS
from core.domain.cases import MaskFile
from core.phantom.config import PhantomConfig, stream
from core.phantom.dicom import dicom_bytes
from core.phantom.layouts._files import enclosing_circle, write_file, write_png
from core.phantom.layouts._layout import Rows, uncompressed
from core.phantom.render import PhantomImage

SYNTAX_SHARES = {
    "explicit": 0.30,
    "implicit": 0.12,
    "deflated": 0.08,
    "rle": 0.10,
    "jpeg-lossless": 0.15,
    "jpeg-ls": 0.15,
    "jpeg2000": 0.10,
}


class FolderLayout:
    suffix = ".dcm"
    share = 0.7  # of the uncompressed images, masks included

    def config(self, config: PhantomConfig) -> PhantomConfig:
        return config

    def patient_bytes(self, config: PhantomConfig) -> int:
        return round(self.share * uncompressed(config))

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows:
        encode = self.encoder(stream(config.seed, index, "files"))
        rows: Rows = []
        for image in images:
            path = str(Path(image.case.path).with_suffix(self.suffix))
            write_file(out / path, encode(image))
            rows += [{**row, "path": path} for row in _rows(image, out)]
        return rows

    def encoder(self, rng: np.random.Generator) -> Callable[[PhantomImage], bytes]:
        """All images of a patient come from one machine, in one transfer syntax."""
        syntax = str(rng.choice(list(SYNTAX_SHARES), p=list(SYNTAX_SHARES.values())))
        return lambda image: dicom_bytes(
            image, syntax=syntax, monochrome1=image.look.monochrome1, bits=image.look.bits
        )

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None:
        with (out / "cases.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="")
            writer.writeheader()
            for patient in rows:
                writer.writerows(patient)


LAYOUT = FolderLayout()


def _rows(image: PhantomImage, out: Path) -> Rows:
    case, about = image.case, image.case.metadata
    common = {
        "image_id": case.image_id,
        "patient_id": case.patient_id,
        "label": case.label,
        "laterality": case.laterality,
        "view": case.view,
        "age": int(about.age or 0),
        "density": about.density,
        "birads": about.birads,
        "implant": int(bool(about.implant)),
        "machine": about.machine,
        "site": about.site,
        "exam": about.exam,
    }
    findings: Rows = []
    for finding, mask in zip(case.findings, image.masks, strict=True):
        x, y, radius = enclosing_circle(mask)
        path = finding.shape.path if isinstance(finding.shape, MaskFile) else ""
        write_png(out / path, mask.astype(np.uint8) * 255)
        findings.append(
            {
                "finding_kind": finding.kind,
                "finding_pathology": finding.pathology,
                "finding_mask": path,
                "finding_x": f"{x:.1f}",
                "finding_y": f"{y:.1f}",
                "finding_radius": f"{radius:.1f}",
            }
        )
    return [{**common, **finding} for finding in findings or [{}]]
