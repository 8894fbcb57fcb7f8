"""Stands before the interface: who asks, how many at once, how much, and for how long.

A request is refused before its body is kept. What is left of the body is read and thrown
away for a moment, since many a client reads no answer before it has sent everything.
"""

import asyncio
import hmac
import time
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.problems import RETRY_SECONDS, Problem
from core.api.settings import ApiSettings

OPEN = ("/", "/health", "/docs", "/openapi.json")
DRAIN_SECONDS = 3.0


@dataclass
class Traffic:
    in_flight: int = 0


class Guard:
    def __init__(self, app: ASGIApp, settings: ApiSettings, traffic: Traffic) -> None:
        self._app, self._settings, self._traffic = app, settings, traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            if "expect" not in headers:
                await _drain(receive)
            await refusal(scope, receive, send)
            return
        if scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        self._traffic.in_flight += 1
        try:
            await self._app(scope, _Body(receive, self._settings), send)
        finally:
            self._traffic.in_flight -= 1

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        settings = self._settings
        if not self._known(scope, headers):
            return Problem(
                401,
                "This server asks for a token. Send it as: Authorization: Bearer TOKEN.",
                headers={"WWW-Authenticate": 'Bearer realm="Mammolens"'},
            )
        if scope["method"] != "POST":
            return None
        if self._traffic.in_flight >= settings.most_requests:
            return Problem(
                429,
                f"{self._traffic.in_flight} requests are being answered, the most at once. "
                f"Try again in {RETRY_SECONDS} seconds.",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > settings.most_bytes:
            return Problem(413, _too_long(settings))
        return None

    def _known(self, scope: Scope, headers: Headers) -> bool:
        """Compared in constant time, so that a token cannot be guessed letter by letter."""
        token = self._settings.token
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        if token is None or path in OPEN:
            return True
        kind, _, given = headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), token.encode())
        return kind.lower() == "bearer" and right


class _Body:
    """The body as it comes in, counted and timed."""

    def __init__(self, receive: Receive, settings: ApiSettings) -> None:
        self._receive, self._settings = receive, settings
        self._left = settings.most_bytes
        self._deadline = time.monotonic() + settings.upload_seconds
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:  # then only the end of the connection is waited for
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._deadline - time.monotonic())
        except TimeoutError:
            raise HTTPException(
                408, f"The upload took longer than {self._settings.upload_seconds} seconds."
            ) from None
        self._left -= len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._left < 0:
            await _drain(self._receive)
            raise HTTPException(413, _too_long(self._settings))
        return message


def _too_long(settings: ApiSettings) -> str:
    return (
        f"The request is too large. Allowed: {settings.most_bytes // 1_000_000} MB. "
        "Send fewer files at once."
    )


async def _drain(receive: Receive) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while (await receive()).get("more_body", False):
                pass
