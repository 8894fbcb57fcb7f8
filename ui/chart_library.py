"""Serves the chart library to the browser, for charts that must outlive their data.

A chart of Streamlit's own is made anew whenever its numbers change: it flickers, and zoom
and legend are lost, once a second while a run is watched. `ui.components.live_chart`
updates its chart in place instead, and for that needs the library itself. It is taken
from the installed plotly package, so that no copy has to be kept.
"""

from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

_PATH = "chart-library.js"


@lru_cache(maxsize=1)
def address() -> str:
    """Relative to the page; another one for another version, so that it may be kept for ever."""
    return f"{_PATH}?v={version('plotly')}"


@lru_cache(maxsize=1)
def _file() -> Path:
    """Found without importing plotly, which takes longer than the first page may."""
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("The package plotly is not installed. Install requirements.txt.")
    return Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"


async def _serve(request: Request) -> FileResponse:
    keep = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(_file(), media_type="text/javascript", headers=keep)


ROUTE = Route(f"/{_PATH}", _serve)
