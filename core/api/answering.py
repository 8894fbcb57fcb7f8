"""Questions are answered by a few threads, each file in its turn, and none waits for ever."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from core.api import exams
from core.api.form import Asked
from core.api.pictures import picture
from core.api.problems import status_of
from core.api.settings import ApiSettings
from core.errors import Busy, InputError, MammolensError, NotFound
from core.services import gathering, questions
from core.services.gathering import Item

THREADS = 4
LONGEST_NAME = 200


class Answering:
    def __init__(self, settings: ApiSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="answer")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def answer(self, asked: Asked, model: str) -> list[dict[str, Any]]:
        """One document for each file, in their order; a fault is said in the file's place."""
        items = await self.in_thread(_items, asked, self._settings.most_files)
        return [await self._one(item, model, asked) for item in items]

    async def exams(self, asked: Asked, model: str) -> list[dict[str, Any]]:
        """One document for each patient, in the order in which they were met."""
        items = await self.in_thread(_items, asked, self._settings.most_files)
        found = await self.in_thread(exams.patients, items, asked)
        return [
            await self.in_thread(exams.document, model, patient, views, asked, files=len(views))
            for patient, views in found.items()
        ]

    async def _one(self, item: Item, model: str, asked: Asked) -> dict[str, Any]:
        name = item.name[:LONGEST_NAME]
        try:
            return {"file": name, **await self.in_thread(_document, item, model, asked)}
        except (NotFound, Busy):
            raise
        except MammolensError as fault:
            error = {"code": fault.code, "message": str(fault), "status": status_of(fault)}
            return {"file": name, "error": error}

    async def in_thread(self, work: Any, *arguments: Any, files: int = 1) -> Any:
        future = asyncio.wrap_future(self._threads.submit(work, *arguments))
        seconds = self._settings.answer_seconds * files
        try:
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            raise Busy(
                f"The answer did not come within {seconds} seconds. "
                "Try again later, with fewer files at once."
            ) from None


def _items(asked: Asked, most: int) -> list[Item]:
    found = list(_expanded(asked, most))
    if len(found) > most:
        raise InputError(f"More than {most} files were sent, the most in one request.")
    return found


def _expanded(asked: Asked, most: int) -> Iterator[Item]:
    count = 0
    for file in asked.files:
        for item in gathering.expand(_shown(file.filename), file.file):
            count += 1
            yield item
            if count > most:
                return


def _shown(name: str | None) -> str:
    """Only ever told back to who sent it; control characters could garble their screen."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()) or "file"


def _document(item: Item, model: str, asked: Asked) -> dict[str, Any]:
    prediction = questions.ask(
        item.read(), model, heatmap=asked.heatmap, target=asked.target, method=asked.method
    )
    return {**prediction.to_document(), "heatmap": picture(prediction, asked)}
