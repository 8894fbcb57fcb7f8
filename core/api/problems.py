"""Errors as problem+json (RFC 9457): a sentence for the person and a code for programs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import Busy, ConfigError, ImageTooLarge, InputError, MammolensError, NotFound
from core.services.trays import DiskFull, TooLarge, TooMany

RETRY_SECONDS = 5
STATUS: tuple[tuple[type[MammolensError], int], ...] = (
    (NotFound, 404),
    (ImageTooLarge, 413),
    (TooLarge, 413),
    (ConfigError, 500),
    (InputError, 422),
    (TooMany, 429),
    (DiskFull, 507),
    (Busy, 503),
)
SENTENCES = {
    400: "The request cannot be read. Send multipart/form-data, as the documentation shows.",
    404: "There is nothing at this address. The documentation is at /api/docs.",
    405: "This address does not answer this method.",
}


class Problem(Response):
    media_type = "application/problem+json"

    def __init__(
        self,
        status: int,
        detail: str,
        code: str = "",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        code = code or HTTPStatus(status).name.lower().replace("_", "-")
        body = {
            "type": f"urn:mammolens:problem:{code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            "code": code,
            **more,
        }
        super().__init__(JSONResponse(body).body, status, headers=headers)


def status_of(fault: MammolensError) -> int:
    return next((status for kind, status in STATUS if isinstance(fault, kind)), 500)


def of_ours(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, MammolensError):
        return of_any(request, fault)
    status = status_of(fault)
    headers = {"Retry-After": str(RETRY_SECONDS)} if status in (429, 503) else None
    return Problem(status, str(fault), fault.code, headers)


def of_http(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, HTTPException):
        return of_any(request, fault)
    plain = HTTPStatus(fault.status_code).phrase
    said = fault.detail if fault.detail and fault.detail != plain else None
    detail = said or SENTENCES.get(fault.status_code, f"{plain}.")
    return Problem(fault.status_code, detail, headers=fault.headers)


def of_validation(request: Request, fault: Exception) -> Response:
    """What was sent is not quoted: it may name a person."""
    return Problem(422, "The request has a field with a value that is not allowed.")


def of_any(request: Request, fault: Exception) -> Response:
    return Problem(500, "Something went wrong inside Mammolens. The details are in its log.")
