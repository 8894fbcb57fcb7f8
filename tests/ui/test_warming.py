"""The model loads once, behind the page, after what Diagnose shows first."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from starlette.requests import Request
from starlette.responses import Response

from core.services import catalogue, decoding, inference, samples
from ui import warming


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    done: list[str] = []
    monkeypatch.setattr(samples, "open_sample", lambda name: done.append("sample"))
    cards = {
        name: SimpleNamespace(kind="image", data=SimpleNamespace(synthetic=drawn))
        for name, drawn in (("real", False), ("small", True))
    }
    found = [SimpleNamespace(name=name, card=card) for name, card in cards.items()]
    monkeypatch.setattr(catalogue, "bundles", lambda *kinds: found)
    monkeypatch.setattr(inference, "warm_up", done.append)
    monkeypatch.setattr(inference, "get", lambda name: None)
    monkeypatch.setattr(decoding, "warm_up", lambda: done.append("decoders"))
    warming._start.cache_clear()
    yield done
    warming._start.cache_clear()


def paint() -> Response:
    """What a browser does when the page is on its screen."""
    # In a thread of its own: browser tests in the same run keep an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        request = Request({"type": "http"})
        return pool.submit(lambda: asyncio.run(warming.ROUTE.endpoint(request))).result()


def finish() -> None:
    for thread in threading.enumerate():
        if thread.name == "warming":
            thread.join(10)


def test_the_first_sample_is_ready_before_the_model_is_loaded(order: list[str]) -> None:
    assert paint().status_code == 200
    finish()
    assert order == ["sample", "small", "decoders"]


def test_many_visitors_start_one_load(order: list[str]) -> None:
    for _ in range(5):
        paint()
    finish()
    assert order.count("small") == 1


def test_the_browser_asks_again_at_every_visit(order: list[str]) -> None:
    assert paint().headers["cache-control"] == "no-store"
    finish()


def test_the_answer_does_not_wait_for_the_load(
    order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(inference, "warm_up", lambda name: gate.wait(10))
    paint()
    assert not gate.is_set()
    gate.set()
    finish()


def test_another_model_is_loaded_only_once_the_page_was_painted(order: list[str]) -> None:
    warming.also("other")
    assert order == []
    paint()
    finish()
    warming.also("other")
    assert order[-1] == "other"
