"""A worklist read by a model of whole exams: views of one patient are read together.

Each file keeps a row of its own, which says what is said of its breast. Only a header tells
here whose an image is, since one folder may hold the images of many people.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.errors import InputError
from core.services import exam
from core.services.exam_views import HEADER, view_files
from core.services.gathering import Item
from core.services.worklist_row import Row, answered, thumbnail, unreadable

MOST_VIEWS = 40  # of one patient, all exams counted; more are of several people


def together(items: Sequence[Item]) -> list[tuple[Item, ...]]:
    """In the order in which patients were met; a file that names none stands alone."""
    groups: dict[object, list[Item]] = {}
    for place, (item, view) in enumerate(zip(items, view_files(items), strict=True)):
        whose = view.case.patient_id if view.why == HEADER else place
        groups.setdefault(whose, []).append(item)
    return [tuple(own) for own in groups.values()]


def read(items: tuple[Item, ...], model: str) -> list[Row]:
    if len(items) > MOST_VIEWS:
        raise InputError(
            f"{len(items)} files of this list name the same patient in their headers; {MOST_VIEWS} "
            "are the most that are read as one. Ask about each exam by itself."
        )
    # Two files may have the same name, but not the same place.
    views = [replace(one, name=str(place)) for place, one in enumerate(view_files(items))]
    answer = exam.read_exam(exam.exam_bundle(model), "", views).cautious()
    faults, opened = dict(answer.faults), iter(answer.views)
    rows: list[Row] = []
    for place, item in enumerate(items):
        if fault := faults.get(str(place)):
            rows.append(unreadable(item, fault))
            continue
        said = next(opened).prediction
        picture = thumbnail(said.mammogram.pixels)
        rows.append(replace(answered(item, said), thumbnail=picture, together=items))
    return rows
