"""The files of a request as exams, for a model that reads all views of a patient together.

Files are one patient's whose headers name the same patient; those that name none are told
apart by the folders of their zip, and are one exam where they come without a folder.
"""

from collections.abc import Sequence
from typing import Any

from core.api.form import Asked
from core.api.pictures import picture
from core.api.problems import status_of
from core.errors import InputError
from core.services import exam
from core.services.catalogue import Bundle
from core.services.exam_result import ExamAnswer, ViewAnswer
from core.services.exam_views import ViewFile
from core.services.gathering import Item


def check(found: Bundle, asked: Asked) -> None:
    """Only a model of exams can be told what is known of a patient."""
    if asked.told and found.card.kind != "exam":
        raise InputError(
            f"The model {found.name!r} looks at one image and is told nothing of the patient. "
            f"Leave out {', '.join(asked.told)}, or name a model of kind exam."
        )


def patients(items: Sequence[Item], asked: Asked) -> dict[str, list[ViewFile]]:
    return exam.patients(items, told=asked.told)


def document(model: str, patient: str, views: Sequence[ViewFile], asked: Asked) -> dict[str, Any]:
    found = exam.exam_bundle(model)
    answer = exam.read_exam(found, patient, views, told=asked.told).cautious()

    def draw(_place: int, view: ViewAnswer) -> dict[str, Any] | None:
        return picture(view.showing(asked.target), asked)

    return {**answer.to_document(draw if asked.heatmap else None), "errors": _errors(answer)}


def _errors(answer: ExamAnswer) -> list[dict[str, Any]]:
    return [
        {
            "file": name,
            "error": {"code": fault.code, "message": str(fault), "status": status_of(fault)},
        }
        for name, fault in answer.faults
    ]
