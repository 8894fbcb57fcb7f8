"""mini-MIAS as its society ships it: square PGM films and a truth table amid prose.

Oblique views only, the right breast under the odd number and the left under the next;
y counts from the bottom; an image with two findings has two rows; calcifications that
are spread widely have a note in place of a circle.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Pathology, Side, View
from core.phantom.config import PhantomConfig, stream
from core.phantom.layouts._files import enclosing_circle, write_file
from core.phantom.layouts._layout import Rows
from core.phantom.plan import Lesion
from core.phantom.png import grey8
from core.phantom.render import PhantomImage

SIZE = 1024
MOST_PATIENTS = 499  # three digits in a name
WIDESPREAD_SHARE = 0.15
TISSUE = {"A": "F", "B": "G", "C": "D", "D": "D"}
CLASSES = {
    "circumscribed": "CIRC",
    "obscured": "MISC",
    "irregular": "MISC",
    "spiculated": "SPIC",
    "distortion": "ARCH",
    "asymmetry": "ASYM",
    "oil-cyst": "CIRC",
    "fatty": "CIRC",
    "coarse": "CALC",
    "pleomorphic": "CALC",
    "popcorn": "CALC",
    "vascular": "CALC",
}
PREAMBLE = """\
                 SYNTHETIC PHANTOM DATABASE
          in the layout of the mini-MIAS database



These films were computed from a seed. There is no patient, and
nothing measured on them is clinical performance.

=================================================================

INFORMATION:

This file lists the films in the database and provides
appropriate details as follows:

1st column: reference number.

2nd column: Character of background tissue:
                F - Fatty
                G - Fatty-glandular
                D - Dense-glandular

3rd column: Class of abnormality present:
                CALC - Calcification
                CIRC - Well-defined/circumscribed masses
                SPIC - Spiculated masses
                MISC - Other, ill-defined masses
                ARCH - Architectural distortion
                ASYM - Asymmetry
                NORM - Normal

4th column: Severity of abnormality;
                B - Benign
                M - Malignant

5th,6th columns: x,y image-coordinates of centre of abnormality.

7th column: Approximate radius (in pixels) of a circle enclosing
\t    the abnormality.

NOTES
=====
1) The list is arranged in pairs of films, where each pair
   represents the left (even filename numbers) and right
   (odd filename numbers) breast of a single phantom.

2) The size of ALL the images is 1024 pixels x 1024 pixels. The images
   have been centered in the matrix.

3) Calcifications that are widely distributed have no centre and
   radius. The coordinate system origin is the bottom-left corner.

=================================================================

"""


class MiasLayout:
    def config(self, config: PhantomConfig) -> PhantomConfig:
        patients = min(config.patients, MOST_PATIENTS)
        return replace(config, machine="film", height=SIZE, patients=patients)

    def patient_bytes(self, config: PhantomConfig) -> int:
        return 2 * SIZE**2

    def patient_files(
        self, config: PhantomConfig, index: int, images: list[PhantomImage], out: Path
    ) -> Rows:
        rng = stream(config.seed, index, "mias")
        oblique = {i.case.laterality: i for i in images if i.case.view is View.MLO}
        rows: Rows = []
        for place, side in enumerate((Side.RIGHT, Side.LEFT), 1):
            name = f"mdb{2 * index + place:03d}"
            film = _squared(grey8(oblique[side]))
            write_file(out / f"{name}.pgm", b"P5\n%d %d\n255\n" % (SIZE, SIZE) + film.tobytes())
            rows += [{"line": line} for line in _lines(name, oblique[side], rng)]
        return rows

    def tables(self, config: PhantomConfig, rows: list[Rows], out: Path) -> None:
        lines = PREAMBLE + "".join(f"{row['line']}\n" for patient in rows for row in patient)
        (out / "Info.txt").write_bytes(lines.replace("\n", "\r\n").encode("latin-1"))


LAYOUT = MiasLayout()


def _squared(film: NDArray[np.uint8]) -> NDArray[np.uint8]:
    left = (SIZE - film.shape[1]) // 2
    right = SIZE - film.shape[1] - left
    return np.asarray(cv2.copyMakeBorder(film, 0, 0, left, right, cv2.BORDER_CONSTANT, value=0))


def _lines(name: str, image: PhantomImage, rng: np.random.Generator) -> list[str]:
    start = f"{name} {TISSUE[image.case.metadata.density or 'B']}"
    pairs = zip(image.lesions, image.masks, strict=True)
    return [f"{start} {_truth(*pair, rng)}" for pair in pairs] or [f"{start} NORM "]


def _truth(lesion: Lesion, mask: NDArray[np.bool_], rng: np.random.Generator) -> str:
    severity = "M" if lesion.pathology is Pathology.MALIGNANT else "B"
    kind = CLASSES[lesion.sort.name]
    if kind == "CALC" and rng.random() < WIDESPREAD_SHARE:
        return f"{kind} {severity} *NOTE 3*"
    x, y, radius = enclosing_circle(mask)
    x += (SIZE - mask.shape[1]) // 2
    return f"{kind} {severity} {round(x)} {round(SIZE - 1 - y)} {round(radius)}"
