"""The ways to ask a model of whole exams: about files, about uploads, about a single image."""

from collections.abc import Sequence
from pathlib import Path

from core.domain.cases import Case
from core.domain.images import Mammogram
from core.domain.prediction import Prediction
from core.errors import InputError
from core.services.catalogue import Bundle, bundle, bundles
from core.services.exam_context import Told
from core.services.exam_patient import ONE_VIEW, Progress, read_exam
from core.services.exam_result import ExamAnswer
from core.services.exam_views import ViewFile, by_patient, view_files
from core.services.gathering import Item, gather

__all__ = [
    "ONE_VIEW",
    "analyse_exams",
    "analyse_items",
    "exam_bundle",
    "one_view",
    "patients",
    "read_exam",
]


def exam_bundle(model: str) -> Bundle:
    found = bundle(model)
    if found.card.kind != "exam":
        raise InputError(
            f"The model {model!r} is asked about one image at a time, not about an exam. Models "
            f"for exams: {', '.join(one.name for one in bundles('exam')) or 'none yet'}."
        )
    return found


def analyse_exams(
    files: Sequence[Path], model: str, *, table: Path | None = None, told: Told | None = None
) -> list[ExamAnswer]:
    """One answer a patient; a file that cannot be read is told and left out."""
    return analyse_items(list(gather(files)), model, table=table, told=told)


def analyse_items(
    items: Sequence[Item], model: str, *, table: Path | None = None, told: Told | None = None
) -> list[ExamAnswer]:
    found = exam_bundle(model)
    return [
        read_exam(found, patient, views, told=told).cautious()
        for patient, views in patients(items, table=table, told=told).items()
    ]


def patients(
    items: Sequence[Item], *, table: Path | None = None, told: Told | None = None
) -> dict[str, list[ViewFile]]:
    """Whose views these are; what is told can only be of one patient."""
    found = by_patient(view_files(items, table))
    if told and len(found) > 1:
        raise InputError(
            f"{', '.join(told)} would be told of {len(found)} patients at once: "
            f"{', '.join(found)[:200]}. Ask about one exam at a time, or leave it out."
        )
    return found


def one_view(
    mammogram: Mammogram,
    model: str,
    *,
    told: Told | None = None,
    target: str | None = None,
    progress: Progress | None = None,
) -> Prediction:
    """A single image as an exam of one view: what is said of its breast."""
    found = exam_bundle(model)
    alone = ViewFile("image", Case("image", "", "", "image"), "", lambda _spec: mammogram)
    answer = read_exam(found, "", [alone], told=told, progress=progress)
    return answer.views[0].showing(target)
