"""Loads the model behind the page, and not before the page is on the screen.

The last thing on a page is a picture of one invisible point. A browser that asks for it
has the page on its screen; only then does the server start to load the model, which
takes seconds and a whole core. (A component that reports back would do it too, but its
report can meet a change of page half way, which leaves the page blank.)
"""

import threading
from functools import lru_cache

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_POINT = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


def behind_the_page() -> None:
    """Drawn last on the pages where a model will be asked."""
    with st.container(key="unseen-point"):
        st.html('<img src="painted" alt="" width="1" height="1">')


async def _painted(request: Request) -> Response:
    _start()
    return Response(_POINT, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


ROUTE = Route("/painted", _painted)


def also(model: str) -> None:
    """Another model than the first was chosen; loaded at once if loading has begun at all."""
    if _start.cache_info().currsize:
        from core.services import inference

        inference.warm_up(model)


@lru_cache(maxsize=1)
def _start() -> None:
    """Once for each server, whoever comes first."""
    threading.Thread(target=_load, name="warming", daemon=True).start()


def _load() -> None:
    """What Diagnose shows at once; the model, which takes longest; then what opens files."""
    # Imported here, because the first page comes before numpy and all that follows it.
    from core.services import catalogue, decoding, inference, samples
    from ui import resources

    for sample in samples.samples()[:1]:
        resources.sample_case(sample.id)
    # The page opens with a sample, which is synthetic.
    for bundle in catalogue.in_order(catalogue.bundles("image", "patch"), synthetic=True)[:1]:
        inference.warm_up(bundle.name)
        inference.get(bundle.name)  # waits, so that nothing competes with it for a core
    decoding.warm_up()
