"""The model loads once, behind the page, after what Diagnose shows first."""

import threading
from collections.abc import Iterator

import pytest

from core.services import inference, samples
from ui import warming


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    done: list[str] = []
    monkeypatch.setattr(samples, "open_sample", lambda name: done.append("sample"))
    monkeypatch.setattr(inference, "warm_up", lambda name: done.append(name))
    warming._start.cache_clear()
    yield done
    warming._start.cache_clear()


def finish() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("warm-"):
            thread.join(10)


def test_the_first_sample_is_ready_before_the_model_is_loaded(order: list[str]) -> None:
    warming._start("small")
    finish()
    assert order == ["sample", "small"]


def test_many_visitors_start_one_load(order: list[str]) -> None:
    for _ in range(5):
        warming._start("small")
    finish()
    assert order.count("small") == 1


def test_the_page_is_drawn_without_waiting_for_the_load(
    order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(inference, "warm_up", lambda name: gate.wait(10))
    warming._start("small")
    assert not gate.is_set()
    gate.set()
    finish()
