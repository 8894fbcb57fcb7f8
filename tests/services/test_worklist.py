"""A worklist reads one file after another, keeps little of each, and stops when told to."""

import csv
import io
import threading
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from core.domain.images import ImageFacts, Mammogram
from core.errors import InputError, MammolensError
from core.services import catalogue, diagnose, samples, worklist, worklist_exams
from core.services.exam import analyse_items
from core.services.gathering import Item
from core.services.tasks import Task
from core.services.worklist_row import Row


def test_phantoms_are_sorted_above_what_cannot_be_read() -> None:
    quiet, ill = samples.open_sample("case-b").data, samples.open_sample("case-a").data
    items = [Item(name, lambda data=data: data) for name, data in
             (("quiet", quiet), ("notes", b"text " * 50), ("ill", ill))]  # fmt: skip
    found = worklist.start(items, catalogue.bundles("image")[0].name)
    assert found.task.wait(60)
    rows = found.sorted()
    assert [row.name for row in rows] == ["ill", "quiet", "notes"]
    assert rows[0].suspicion > 0.9 > rows[1].suspicion
    assert rows[2].status == "unreadable"
    assert rows[2].notes.endswith(".")
    assert len(rows[0].thumbnail) < 10_000


def test_a_fault_of_ours_costs_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def preview(data: bytes, name: str) -> Mammogram:
        raise ZeroDivisionError

    monkeypatch.setattr(diagnose, "preview", preview)
    found = worklist.start([Item(str(n), lambda: b"") for n in range(3)], "m")
    assert found.task.wait(5)
    assert ["inside Mammolens" in row.notes for row in found.rows] == [True] * 3


def test_what_was_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(item: Item, model: str) -> Row:
        asked.append(item.name)
        return Row(item.name, item)

    monkeypatch.setattr(worklist, "read", read)
    items = [Item(name, lambda: b"") for name in "abc"]
    first = worklist.start(items[:2], "m")
    assert first.task.wait(5)
    for model in ("m", "other"):
        again = worklist.start(items, model, first)
        assert again.task.wait(5)
        assert [row.name for row in again.rows] == list("abc")
    assert asked == [*"ab", "c", *"abc"]


def test_stopping_keeps_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()

    def read(item: Item, model: str) -> Row:
        begun.set()
        go.wait(5)
        return Row(item.name, item)

    monkeypatch.setattr(worklist, "read", read)
    found = worklist.start([Item(str(n), lambda: b"") for n in range(50)], "m")
    assert begun.wait(5)
    found.task.stop()
    go.set()
    assert found.task.wait(5)
    assert len(found.rows) == 1


def test_memory_does_not_grow_with_the_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def preview(data: bytes, name: str) -> Mammogram:
        import weakref

        pixels = np.zeros((1024, 768), np.float32)
        seen.append(weakref.ref(pixels))
        return Mammogram(pixels, ImageFacts("PNG", 1024, 768, 8))

    def analyse(mammogram: Mammogram, model: str, **_: object) -> None:
        raise MammolensError("No.")

    monkeypatch.setattr(diagnose, "preview", preview)
    monkeypatch.setattr(diagnose, "analyse", analyse)
    found = worklist.start([Item(str(n), lambda: b"") for n in range(30)], "m")
    assert found.task.wait(20)
    assert len(found.rows) == 30
    assert sum(ref() is not None for ref in seen) <= 1


def test_the_table_is_safe_for_spreadsheets() -> None:
    rows = [Row("=cmd()", Item("x", lambda: b""), "cancer", "Cancer", 0.5, {"cancer": 0.5}, "fit")]
    read = list(csv.reader(io.StringIO(worklist.as_csv(rows, "m"))))
    assert read[0] == [
        "file",
        "model",
        "answer",
        "suspicion",
        "cancer",
        "fitness",
        "flagged",
        "notes",
    ]
    assert read[1][:5] == ["'=cmd()", "m", "cancer", "0.500000", "0.500000"]


def test_names_are_shown_without_the_folder_they_share() -> None:
    rows = [Row(name, Item(name, lambda: b"")) for name in ("/data/a/x.png", "/data/b/y.png")]
    found = worklist.Worklist("m", 2, rows, Task("It", lambda task: None))
    assert [found.short(row) for row in rows] == ["a/x.png", "b/y.png"]
    loose = worklist.Worklist("m", 1, [Row("x.png", rows[0].item)], found.task)
    assert loose.short(loose.rows[0]) == "x.png"


def test_views_of_one_patient_are_read_together_and_others_alone(
    exam_model: str, views_of_a_patient: dict[str, bytes]
) -> None:
    views = [Item(name, lambda data=data: data) for name, data in views_of_a_patient.items()]
    picture = cv2.imencode(".png", np.zeros((300, 200), np.uint8))[1].tobytes()
    others = [Item("broken.dcm", lambda: b"DICM" * 50), Item("blank.png", lambda: picture)]
    found = worklist.start([others[0], *views, others[1]], exam_model, exams=True)
    assert found.task.wait(60)
    rows = {row.item: row for row in found.rows}
    (exam,) = analyse_items(views, exam_model)
    for item, view in zip(views, exam.views, strict=True):
        assert rows[item].suspicion == pytest.approx(view.prediction.probabilities["cancer"])
        assert rows[item].together == tuple(views)
    assert rows[others[0]].status == "unreadable"
    assert (rows[others[1]].status, rows[others[1]].label) == ("unfit", None)

    fewer = worklist.start(views[:3], exam_model, exams=True)
    assert fewer.task.wait(60)
    more = worklist.start(views, exam_model, fewer, exams=True)
    assert more.task.wait(60)
    assert [len(row.together) for row in more.rows] == [4] * 4, "the late view counts for all"
    again = worklist.start(views, exam_model, more, exams=True)
    assert again.task.wait(60)
    assert again.rows == more.rows


def test_a_name_that_too_many_share_is_nobodys(
    exam_model: str, views_of_a_patient: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist_exams, "MOST_VIEWS", 3)
    views = [Item(name, lambda data=data: data) for name, data in views_of_a_patient.items()]
    found = worklist.start(views, exam_model, exams=True)
    assert found.task.wait(60)
    assert ["4 files of this list name the same patient" in row.notes for row in found.rows] == (
        [True] * 4
    )


def test_too_many_files_and_missing_places_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "MOST_FILES", 2)
    with pytest.raises(InputError, match="3 files"):
        worklist.bounded([Item("x", lambda: b"")] * 3)
    for text in ("", "  ", "/not/here"):
        with pytest.raises(InputError, match="no folder or file"):
            worklist.from_path(text)


def finished(work: Callable[[Task[int]], int]) -> Task[int]:
    task = Task("It", work).start()
    assert task.wait(5)
    return task


def test_a_task_keeps_its_value_or_says_what_failed() -> None:
    def fails(task: Task[int]) -> int:
        raise ZeroDivisionError

    assert finished(lambda task: 7).value == 7
    fault = finished(fails).fault
    assert "It failed inside Mammolens" in str(fault)
