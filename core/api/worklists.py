"""The worklists of uploads: one for each, a few at once, gone with their upload."""

import threading
from typing import Any

from core.errors import NotFound
from core.services import questions, tray_items, worklist
from core.services.trays import TooMany, Tray
from core.services.worklist import Worklist

MOST_AT_ONCE = 4


class Worklists:
    """Safe to use from any thread."""

    def __init__(self, notice: str) -> None:
        self._notice = notice
        self._known: dict[str, Worklist] = {}
        self._lock = threading.Lock()

    def start(self, tray: Tray, model: str | None) -> dict[str, Any]:
        """The one before it, if any, is stopped; what it read is not read again."""
        bundle = questions.check(model or questions.usual())
        items = worklist.bounded(tray_items.items(tray))
        with self._lock:
            before = self._known.get(tray.key)
            if before:
                before.task.stop()
            self._check_place(before)
            exams = bundle.card.kind == "exam"
            found = worklist.start(items, bundle.name, before=before, exams=exams)
            self._known[tray.key] = found
        if before is None:
            tray.when_closed(lambda: self._forget(tray.key))
        return self.document(found)

    def find(self, key: str) -> Worklist:
        with self._lock:
            if key in self._known:
                return self._known[key]
        raise NotFound("No worklist was begun for this upload. POST to this address to begin one.")

    def document(self, found: Worklist) -> dict[str, Any]:
        going = found.task.going
        fault = None if going or found.task.stopped else found.task.fault
        state = "reading" if going else "stopped" if found.task.stopped else "finished"
        return {
            "notice": self._notice,
            "model": found.model,
            "state": "failed" if fault else state,
            "detail": str(fault) if fault else None,
            "read": len(found.rows),
            "total": found.total,
            "results": [row.to_document() for row in found.sorted()],
        }

    def close(self) -> None:
        for found in list(self._known.values()):
            found.task.stop()

    def _check_place(self, before: Worklist | None) -> None:
        others = [one for one in self._known.values() if one is not before]
        # Looked at beside `going`, which would keep one alive that nobody asks about.
        if sum(one.task.at_work for one in others) >= MOST_AT_ONCE:
            raise TooMany(
                f"{MOST_AT_ONCE} worklists are being read, the most at once. Try again later."
            )

    def _forget(self, key: str) -> None:
        with self._lock:
            found = self._known.pop(key, None)
        if found:
            found.task.stop()
