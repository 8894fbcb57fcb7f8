"""Files sent one by one, straight to disk, and the worklist that is made of them.

For pages and programs alike: many large images neither fit in one request nor in memory.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.requests import ClientDisconnect

from core.api import schema, upload_schema
from core.api.guard import drain
from core.api.worklists import Worklists
from core.errors import InputError
from core.services import shelf, worklist
from core.services.trays import Arrival, Limits, Stored, Tray

BLOCK = 1 << 20
LONGEST_SLOT = 300
router = APIRouter(responses={**schema.REFUSALS, **upload_schema.REFUSALS})


def worklists(request: Request) -> Worklists:
    found: Worklists = request.app.worklists
    return found


@router.post(
    "/uploads",
    status_code=201,
    response_model=upload_schema.Upload,
    summary="Begin an upload of many files",
    response_description="Its key, which nobody else knows, and what it may hold.",
    openapi_extra={"x-curl": "-X POST"},
)
async def begin(request: Request) -> dict[str, Any]:
    limits: Limits = request.app.settings.uploads
    return _document(await asyncio.to_thread(shelf.open_tray, limits))


@router.get(
    "/uploads/{key}",
    response_model=upload_schema.Upload,
    summary="What an upload holds",
    response_description="Its files so far, and what it may hold.",
)
async def held(key: str) -> dict[str, Any]:
    return _document(shelf.find(key))


@router.put(
    "/uploads/{key}/files/{slot:path}",
    status_code=201,
    response_model=upload_schema.File,
    summary="Send one file; another one in the same place replaces it",
    response_description="The file is there as a whole.",
    openapi_extra={
        "x-curl": "-T image.dcm",
        "parameters": [upload_schema.NAME],
        "requestBody": upload_schema.BODY,
    },
)
async def receive(request: Request, key: str, slot: str) -> Any:
    if not 0 < len(slot) <= LONGEST_SLOT:
        raise InputError(f"The address must end with a name of 1 to {LONGEST_SLOT} letters.")
    tray = shelf.find(key)
    name = _shown(request.query_params.get("name") or slot)
    length = request.headers.get("content-length", "")
    try:
        arrival = tray.receive(slot, name, int(length) if length.isdigit() else None)
    except Exception:
        await drain(request.receive)  # many a client reads no answer before it has sent all
        raise
    try:
        return _file(await _take(request, arrival))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    except InputError:
        await drain(request.receive)
        raise


async def _take(request: Request, arrival: Arrival) -> Stored:
    complete = False
    try:
        async for block in _blocks(request):
            await asyncio.to_thread(arrival.write, block)
        stored = await asyncio.to_thread(arrival.done)
        complete = True
        return stored
    finally:
        if not complete:
            arrival.abandon()


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """Gathered to a size that is worth a call of the disk."""
    gathered = bytearray()
    async for part in request.stream():
        gathered += part
        if len(gathered) >= BLOCK:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


@router.delete(
    "/uploads/{key}",
    status_code=204,
    response_class=Response,
    summary="Remove an upload with all its files, and stop its worklist",
    response_description="Nothing of it is left.",
    openapi_extra={"x-curl": "-X DELETE"},
)
async def remove(key: str) -> Response:
    shelf.find(key)
    await asyncio.to_thread(shelf.close, key)
    return Response(status_code=204)


@router.post(
    "/uploads/{key}/worklist",
    status_code=202,
    response_model=upload_schema.Worklist,
    summary="Read all files of an upload, one after another",
    response_description="It has begun.",
    openapi_extra={"x-curl": "-X POST", "parameters": [upload_schema.MODEL]},
)
async def start(request: Request, key: str) -> dict[str, Any]:
    wanted = request.query_params.get("model") or request.app.settings.model
    tray = shelf.find(key)
    return await asyncio.to_thread(worklists(request).start, tray, wanted)


@router.get(
    "/uploads/{key}/worklist",
    response_model=upload_schema.Worklist,
    summary="The answers so far, the most suspicious first",
    response_description="How far it is, and an item for each file that was read.",
    openapi_extra={"parameters": [upload_schema.FORMAT]},
)
async def results(request: Request, key: str) -> Any:
    wanted = request.query_params.get("format", "json")
    if wanted not in ("json", "csv"):
        raise InputError(f"The format is json or csv. Received: {wanted!r:.40}.")
    shelf.find(key)
    found = worklists(request).find(key)
    if wanted == "csv":
        text = await asyncio.to_thread(worklist.as_csv, found.sorted(), found.model)
        return PlainTextResponse(text, media_type="text/csv")
    return JSONResponse(await asyncio.to_thread(worklists(request).document, found))


@router.delete(
    "/uploads/{key}/worklist",
    response_model=upload_schema.Worklist,
    summary="Stop reading; what was read stays",
    response_description="The answers so far.",
    openapi_extra={"x-curl": "-X DELETE"},
)
async def stop(request: Request, key: str) -> dict[str, Any]:
    shelf.find(key)
    found = worklists(request).find(key)
    found.task.stop()
    return worklists(request).document(found)


def _document(tray: Tray) -> dict[str, Any]:
    files, limits = tray.files(), tray.limits
    return {
        "key": tray.key,
        "files": [_file(one) for one in files],
        "bytes": sum(one.size for one in files),
        "most_files": limits.most_files,
        "most_bytes": limits.most_bytes,
        "most_file_bytes": limits.most_file_bytes,
        "unused_hours": limits.seconds / 3600,
    }


def _shown(name: str) -> str:
    """Only ever told back; control characters could garble a screen."""
    return "".join(letter for letter in name if letter.isprintable())[-LONGEST_SLOT:] or "file"


def _file(one: Stored) -> dict[str, Any]:
    return {"file": one.name, "bytes": one.size}
