"""Stands before the interface: who asks, how many at once, how much, and for how long.

A request is refused before its body is kept. What is left of the body is read and thrown
away for a moment, since many a client reads no answer before it has sent everything.
"""

import asyncio
import hmac
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.problems import RETRY_SECONDS, Problem
from core.api.settings import ApiSettings
from core.services import memory, shelf

OPEN = ("/", "/health", "/docs", "/openapi.json")
UPLOADS = "/uploads/"
SENDING, CHANGING = ("POST", "PUT"), ("POST", "PUT", "DELETE")
DRAIN_SECONDS = 3.0
QUIET_SECONDS = 1.0


@dataclass
class Traffic:
    in_flight: int = 0
    _tidying: asyncio.TimerHandle | None = None

    def left(self) -> None:
        """A moment after the last request, the memory that they took goes back."""
        self.in_flight -= 1
        if self._tidying:
            self._tidying.cancel()
        self._tidying = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._tidy)

    def _tidy(self) -> None:
        if not self.in_flight:
            asyncio.get_running_loop().run_in_executor(None, memory.give_back)


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
                await drain(receive)
            await refusal(scope, receive, send)
            return
        if scope["method"] not in SENDING:
            await self._app(scope, receive, send)
            return
        self._traffic.in_flight += 1
        try:
            await self._app(scope, _Body(scope, receive, self._settings), send)
        finally:
            self._traffic.left()

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        settings = self._settings
        if not self._known(scope, headers):
            return Problem(
                401,
                "This server asks for a token. Send it as: Authorization: Bearer TOKEN.",
                headers={"WWW-Authenticate": 'Bearer realm="Mammolens"'},
            )
        if scope["method"] in CHANGING and self._foreign(headers):
            return Problem(
                403,
                "A web page of another site asked for this, which is not allowed. Where it shall "
                "be, name the site in MAMMOLENS_API_ORIGINS.",
            )
        if scope["method"] not in SENDING:
            return None
        if self._traffic.in_flight >= settings.most_requests:
            return Problem(
                429,
                f"{self._traffic.in_flight} requests are being answered, the most at once. "
                f"Try again in {RETRY_SECONDS} seconds.",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > _most(scope, settings):
            return Problem(413, _too_long(scope, settings), "too-large")
        return None

    def _known(self, scope: Scope, headers: Headers) -> bool:
        """Compared in constant time, so that a token cannot be guessed letter by letter."""
        token = self._settings.token
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        if token is None or path in OPEN:
            return True
        if path.startswith(UPLOADS) and shelf.is_of_page(path.split("/")[2]):
            return True  # a page has no token, but a key as hard to guess, for this upload alone
        kind, _, given = headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), token.encode())
        return kind.lower() == "bearer" and right

    def _foreign(self, headers: Headers) -> bool:
        """Whether a browser sends this for a page of another site; other clients name none."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is None or {origin, "*"} & set(self._settings.origins):
            return False
        if site is not None:  # not sent without HTTPS, except to this very machine
            return site not in ("same-origin", "none")
        host = headers.get("x-forwarded-host") or headers.get("host", "")
        return urlsplit(origin).netloc != host


class _Body:
    """The body as it comes in, counted and timed."""

    def __init__(self, scope: Scope, receive: Receive, settings: ApiSettings) -> None:
        self._scope, self._receive, self._settings = scope, receive, settings
        self._left = _most(scope, settings)
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
            await drain(self._receive)
            raise HTTPException(413, _too_long(self._scope, self._settings))
        return message


def _most(scope: Scope, settings: ApiSettings) -> int:
    """What is sent with PUT is one file."""
    one = scope["method"] == "PUT"
    return settings.uploads.most_file_bytes if one else settings.most_bytes


def _too_long(scope: Scope, settings: ApiSettings) -> str:
    what, remedy = "request", "Send fewer files at once."
    if scope["method"] == "PUT":
        what, remedy = "file", "Send the images of a large zip one by one."
    most = _most(scope, settings) // 1_000_000
    return f"The {what} is too large. Allowed: {most} MB. {remedy}"


async def drain(receive: Receive) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while (await receive()).get("more_body", False):
                pass
