"""From a person to her four mammograms, each with its exact truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Case, Finding, MaskFile, Metadata, Pathology, Side, View, worst
from core.errors import NotFound
from core.phantom.config import PhantomConfig, stream
from core.phantom.exposure import grain, sharpen, soften
from core.phantom.implant import add_implant
from core.phantom.labels import add_label, add_skin_marker
from core.phantom.lesions import Drawing, draw
from core.phantom.looks import Look
from core.phantom.noise import Field
from core.phantom.outline import Outline, outline
from core.phantom.parenchyma import parenchyma, skin
from core.phantom.people import Person, person
from core.phantom.plan import Lesion

SOURCE = "phantom"
VIEWS = ((Side.LEFT, View.CC), (Side.LEFT, View.MLO), (Side.RIGHT, View.CC), (Side.RIGHT, View.MLO))
BIRADS = {
    "normal": ("1",),
    "benign_without_callback": ("2",),
    "benign": ("3", "4a", "4b"),
    "malignant": ("4c", "5", "5"),
}


@dataclass(frozen=True, eq=False)
class PhantomImage:
    """`pixels` are in [0, 1], dense tissue bright; one mask for each of the case's findings."""

    pixels: Field
    case: Case
    masks: tuple[NDArray[np.bool_], ...]
    breast: NDArray[np.bool_]
    pectoral: NDArray[np.bool_]
    spacing_mm: float
    look: Look
    lesions: tuple[Lesion, ...]
    key: str  # tells this image from every other that the phantom can make


def patient(config: PhantomConfig, index: int) -> list[PhantomImage]:
    """The four standard views of one patient: the same for the same seed and index."""
    return [image(config, index, side, view) for side, view in VIEWS]


def image(config: PhantomConfig, index: int, side: Side, view: View) -> PhantomImage:
    if index < 0 or view is View.OTHER:
        raise NotFound(
            f"There is no phantom view {view!r} of patient {index!r}. "
            "Patients count from 0; the views are CC and MLO. Ask for one of these."
        )
    someone = person(config, index)
    shape = outline(config, index, side, view)
    drawings = [draw(config, index, side, view, shape, it) for it in someone.lesions[side]]
    pixels = _expose(config, index, side, view, someone, shape, drawings)
    turn = slice(None, None, -1 if side is Side.RIGHT else 1)
    return PhantomImage(
        pixels=pixels,
        case=_case(config, index, side, view, someone, drawings),
        masks=tuple(np.ascontiguousarray(d.mask[:, turn]) for d in drawings),
        breast=np.ascontiguousarray(shape.breast[:, turn]),
        pectoral=np.ascontiguousarray((shape.muscle > 0.5)[:, turn]),
        spacing_mm=shape.spacing,
        look=someone.look,
        lesions=someone.lesions[side],
        key=f"{config.seed}/{config.height}/{config.difficulty}/{index}/{side}/{view}",
    )


def _expose(
    config: PhantomConfig,
    index: int,
    side: Side,
    view: View,
    someone: Person,
    shape: Outline,
    drawings: list[Drawing],
) -> Field:
    rng = stream(config.seed, index, "exposure", side, view)
    look = someone.look
    pixels = parenchyma(config, index, side, view, shape, someone.density, look)
    for drawing in drawings:
        pixels += look.gain * drawing.added
    if someone.implant:
        add_implant(pixels, rng, shape)
    pixels = skin(rng, pixels, shape, look)
    add_skin_marker(pixels, rng, shape)
    pixels += look.background * ~shape.breast
    if look.blur_px:
        pixels = soften(pixels, look.blur_px * config.height / 1024)
    pixels += grain(rng, pixels, look.grain)
    pixels = sharpen(pixels, look.sharpening, shape.spacing)
    if side is Side.RIGHT:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    add_label(pixels, rng, shape, side, view, look)
    return np.clip(pixels, 0, 1, out=pixels)


def _case(
    config: PhantomConfig,
    index: int,
    side: Side,
    view: View,
    someone: Person,
    drawings: list[Drawing],
) -> Case:
    image_id = f"{someone.patient_id}_{side}_{view}"
    pathology = worst([drawing.lesion.pathology for drawing in drawings])
    findings = tuple(
        Finding(
            kind=drawing.lesion.sort.kind,
            pathology=drawing.lesion.pathology,
            shape=MaskFile(f"masks/{image_id}_{number}.png"),
            note=drawing.lesion.sort.note,
        )
        for number, drawing in enumerate(drawings, 1)
    )
    rng = stream(config.seed, index, "birads", side)
    metadata = Metadata(
        age=float(someone.age),
        density=someone.density,
        birads=str(rng.choice(BIRADS[pathology])),
        implant=someone.implant,
        machine=someone.look.machine,
        site=someone.look.site,
        exam="1",
    )
    return Case(
        image_id=image_id,
        patient_id=someone.patient_id,
        source=SOURCE,
        path=f"{pathology}/{image_id}.dcm",
        laterality=side,
        view=view,
        label=pathology.value,
        pathology=pathology,
        cancer=pathology is Pathology.MALIGNANT,
        findings=findings,
        metadata=metadata,
    )
