"""The merged masses of Mendeley Data: small pictures, augmented before publication.

Each source image stands there many times, turned and mirrored, under a name in the
style of the set it came from with the copy's number in brackets. Only the name tells
that two pictures are one breast.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.cases import FindingKind, Pathology, Side, View
from core.phantom.config import PhantomConfig, stream
from core.phantom.layouts._files import write_png
from core.phantom.layouts._layout import Rows
from core.phantom.png import grey8
from core.phantom.render import PhantomImage

SIDE_PIXELS = 227
FOLDERS = {Pathology.BENIGN: "Benign Masses", Pathology.MALIGNANT: "Malignant Masses"}
MERGED = "INbreast+MIAS+DDSM Dataset"
TURN_DEGREES = 30
COPIES = 12  # a full turn; every second copy is mirrored


class MendeleyLayout:
    def config(self, config: PhantomConfig) -> PhantomConfig:
        return config

    def patient_bytes(self, config: PhantomConfig) -> int:
        """Two of four images show a mass, and PNG halves them."""
        return COPIES * SIDE_PIXELS**2

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows:
        rng = stream(config.seed, index, "mendeley")
        style = int(rng.integers(3))
        for place, image in enumerate(images):
            name = _source_name(style, index, place, image)
            if name is not None and _shows_mass(image):
                folder = out / MERGED / _folder(image)
                small = _equalised(image)
                for copy in range(COPIES):
                    write_png(folder / f"{name} ({copy + 1}).png", _turned(small, copy))
        return []

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None:
        for folder in FOLDERS.values():
            (out / MERGED / folder).mkdir(parents=True, exist_ok=True)


LAYOUT = MendeleyLayout()


def _shows_mass(image: PhantomImage) -> bool:
    return any(lesion.sort.kind is FindingKind.MASS for lesion in image.lesions)


def _folder(image: PhantomImage) -> str:
    malignant = image.case.pathology is Pathology.MALIGNANT
    return FOLDERS[Pathology.MALIGNANT if malignant else Pathology.BENIGN]


def _source_name(style: int, index: int, place: int, image: PhantomImage) -> str | None:
    """As the three sets name their images; the MIAS style has oblique views only."""
    right = image.case.laterality is Side.RIGHT
    if style == 0:
        return str(20_000_000 + 1000 * index + 26 * place)
    if style == 1:
        oblique = image.case.view is View.MLO and index < 499
        return f"mdb{2 * index + (1 if right else 2):03d}" if oblique else None
    film = f"{'ABCD'[index % 4]}_{1000 + index % 9000}_1"
    return f"{film}.{'RIGHT' if right else 'LEFT'}_{image.case.view}"


def _equalised(image: PhantomImage) -> NDArray[np.uint8]:
    small = cv2.resize(grey8(image), (SIDE_PIXELS,) * 2, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.createCLAHE(2.0, (8, 8)).apply(small), dtype=np.uint8)


def _turned(small: NDArray[np.uint8], copy: int) -> NDArray[np.uint8]:
    middle = (SIDE_PIXELS - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), copy * TURN_DEGREES, 1.0)
    turned = cv2.warpAffine(small, turn, (SIDE_PIXELS,) * 2, flags=cv2.INTER_LINEAR)
    return np.ascontiguousarray(turned[:, ::-1] if copy % 2 else turned)
