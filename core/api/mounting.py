"""Where the interface hangs: under /api of the pages' server, or alone.

FastAPI takes a while to import, so the first request brings it in, and not the first page.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api import problems
from core.errors import MammolensError
from core.services import shelf

if TYPE_CHECKING:
    from core.api.app import Interface

PLACE = "/api"
_making = threading.Lock()


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        app: ASGIApp = await asyncio.to_thread(_interface)
    except MammolensError as fault:  # a setting that makes no sense, said to every request
        app = problems.Problem(problems.status_of(fault), str(fault), fault.code)
    await app(scope, receive, send)


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """What still waits for an answer when the server ends is not begun any more.

    No file that was sent outlives the server, nor one that was killed before.
    """
    threading.Thread(target=shelf.sweep, name="sweep", daemon=True).start()
    yield
    shelf.end()
    if _made.cache_info().currsize:
        _made().close()


async def _welcome(request: Request) -> Response:
    return RedirectResponse(f"{PLACE}/docs")


ROUTES = (Route(PLACE, _welcome), Mount(PLACE, app=serve))


def alone() -> Starlette:
    """The interface without the pages, at the same addresses."""
    return Starlette(
        routes=[Route("/", _welcome), *ROUTES],
        lifespan=lifespan,
        exception_handlers={HTTPException: problems.of_http},
    )


def _interface() -> "Interface":
    with _making:
        return _made()


@lru_cache(maxsize=1)
def _made() -> "Interface":
    from core.api.app import Interface
    from core.api.settings import ApiSettings

    return Interface(ApiSettings.from_environment())
