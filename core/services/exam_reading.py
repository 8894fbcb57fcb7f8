"""Several views of one person: what a model of single images says of each view, breast and patient.

Views of a breast are averaged, since they show the same tissue; of two breasts the more
suspicious one speaks for the patient, since one cancer is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.domain.card import ModelCard
from core.domain.cases import Case, Side, View
from core.domain.images import Mammogram
from core.domain.prediction import Prediction
from core.phantom import PhantomConfig, dicom_bytes, image
from core.services.deciding import decide
from core.services.exam_views import ViewFile, with_facts
from core.services.samples import HELD_OUT_SEED

SAMPLE_PATIENT = 8


@dataclass(frozen=True)
class BreastSummary:
    """`side` is None for views of which nobody knows the side."""

    side: Side | None
    label: str
    probabilities: dict[str, float]
    suspicion: float
    views: int


@dataclass(frozen=True)
class ExamSummary:
    """The most suspicious breast first; `missing` are the usual views that are not there."""

    breasts: tuple[BreastSummary, ...]
    missing: tuple[tuple[Side, View], ...]

    @property
    def patient(self) -> BreastSummary | None:
        return self.breasts[0] if self.breasts else None


def recognise(name: str, mammogram: Mammogram) -> tuple[Side | None, View | None]:
    """What the header says, and where it says nothing, the file's name (`left_mlo`, `R_CC`)."""
    told = ViewFile(name, Case(name, "", "", name), "", lambda _spec: mammogram)
    case = with_facts(told, mammogram).case
    return case.laterality, case.view


def summarise(
    views: Sequence[tuple[Side | None, View | None, Prediction]], card: ModelCard
) -> ExamSummary:
    """Views without an answer are left out of the mean, but are not missing."""
    sides = dict.fromkeys(side for side, _, one in views if one.label)
    breasts = [
        _breast(side, [one for where, _, one in views if where == side and one.label], card)
        for side in sides
    ]
    present = {(side, view) for side, view, _ in views}
    usual = [(side, view) for side in (Side.RIGHT, Side.LEFT) for view in (View.CC, View.MLO)]
    return ExamSummary(
        tuple(sorted(breasts, key=lambda one: -one.suspicion)),
        tuple(pair for pair in usual if pair not in present),
    )


def _breast(side: Side | None, answers: Sequence[Prediction], card: ModelCard) -> BreastSummary:
    shares = {
        item.name: sum(one.probabilities[item.name] for one in answers) / len(answers)
        for item in card.classes
    }
    point = card.operating_point
    suspicion = sum(shares[name] for name in point.positive)
    return BreastSummary(side, decide(shares, point), shares, suspicion, len(answers))


@lru_cache(maxsize=1)
def sample_exam() -> tuple[tuple[str, bytes], ...]:
    """File names and contents of four views of a phantom that no shipped model learned from."""
    config = PhantomConfig(seed=HELD_OUT_SEED)
    return tuple(
        (f"{side.name.lower()}_{view.name.lower()}.dcm",
         dicom_bytes(image(config, SAMPLE_PATIENT, side, view)))
        for side in (Side.RIGHT, Side.LEFT)
        for view in (View.CC, View.MLO)
    )  # fmt: skip
