"""Who asks, how many at once, how much and how long: beyond the limits there is a clear refusal."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from core.api import guard, mounting
from core.api.settings import ApiSettings
from core.errors import ConfigError
from core.services import memory

Serve = Callable[..., httpx.Client]
IMAGE = ("image.dcm", b"image")


def ask(client: httpx.Client, **more: Any) -> httpx.Response:
    return client.post("/predict", files={"file": IMAGE}, **more)


def test_only_who_has_the_token_may_ask(serve: Serve) -> None:
    client = serve(token="long-and-random")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "long-and-random"}):
        reply = ask(client, headers=headers)
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
        assert reply.headers["content-type"] == "application/problem+json"
        assert client.get("/models", headers=headers).status_code == 401
    assert ask(client, headers={"Authorization": "Bearer long-and-random"}).status_code == 200
    assert client.get("/health").status_code == 200
    assert client.get("/openapi.json").status_code == 200


def test_a_page_of_another_origin_may_ask_only_where_that_is_set(serve: Serve) -> None:
    theirs = {"Origin": "https://clinic.example"}
    asking = {**theirs, "Access-Control-Request-Method": "POST"}
    closed, opened = serve(), serve(origins=("https://clinic.example",), token="t")
    assert "access-control-allow-origin" not in closed.get("/health", headers=theirs).headers
    allowed = opened.options("/predict", headers=asking)
    assert allowed.headers["access-control-allow-origin"] == "https://clinic.example"
    other = {**asking, "Origin": "https://elsewhere.example"}
    assert "access-control-allow-origin" not in opened.options("/predict", headers=other).headers


def test_a_request_that_is_too_large_is_refused(serve: Serve, model: Any) -> None:
    client = serve(most_bytes=100_000)
    file = {"file": ("x", bytes(200_000))}
    assert client.post("/predict", files=file).status_code == 413
    kind = {"content-type": "multipart/form-data; boundary=b"}
    reply = client.post("/predict", content=_streamed(), headers=kind)
    assert reply.status_code == 413
    assert "Allowed: 0 MB" in reply.json()["detail"]
    assert model.asked == []
    assert ask(client).status_code == 200


def _streamed() -> Iterator[bytes]:
    """Says nothing of its length beforehand."""
    yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    for _ in range(20):
        yield bytes(20_000)
    yield b"\r\n--b--\r\n"


def test_beyond_the_limit_one_is_told_when_to_come_again(
    serve: Serve, model: Any, until: Callable[[Callable[[], bool]], None]
) -> None:
    client = serve(most_requests=2)
    model.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(ask, client) for _ in range(2)]
        until(lambda: client.get("/health").json()["in_flight"] == 2)
        refused = ask(client)
        model.gate.set()
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert [one.result().status_code for one in waiting] == [200, 200]
    assert ask(client).status_code == 200
    assert client.get("/health").json()["in_flight"] == 0


def test_memory_goes_back_when_the_last_request_is_answered(
    serve: Serve,
    model: Any,
    monkeypatch: pytest.MonkeyPatch,
    until: Callable[[Callable[[], bool]], None],
) -> None:
    given: list[int] = []
    monkeypatch.setattr(guard, "QUIET_SECONDS", 0.01)
    monkeypatch.setattr(memory, "give_back", lambda: given.append(model.gate.is_set()))
    client = serve()
    model.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, client)
        until(lambda: client.get("/health").json()["in_flight"] == 1)
        model.gate.set()
        assert waiting.result().status_code == 200
    until(lambda: given == [True])


def test_twenty_clients_at_once_are_all_answered(serve: Serve) -> None:
    client = serve()
    together = threading.Barrier(20)

    def one(_: int) -> int:
        together.wait()
        return ask(client).status_code

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(one, range(20))) == [200] * 20


def test_none_waits_for_ever(serve: Serve, model: Any) -> None:
    client = serve(answer_seconds=1)
    model.gate.clear()
    reply = ask(client)
    model.gate.set()
    assert reply.status_code == 503
    assert "within 1 seconds" in reply.json()["detail"]
    assert int(reply.headers["retry-after"]) > 0


def test_an_upload_that_never_ends_is_ended(serve: Serve) -> None:
    client = serve(upload_seconds=1)
    head = (
        "POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
    )
    address = client.base_url
    with socket.create_connection((address.host, address.port), timeout=10) as slow:
        slow.sendall(head.encode())
        assert slow.recv(1000).startswith(b"HTTP/1.1 408")
    assert client.get("/health").json()["in_flight"] == 0


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAMMOLENS_API_TOKEN", "secret")
    monkeypatch.setenv("MAMMOLENS_API_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("MAMMOLENS_API_MEGABYTES", "7")
    found = ApiSettings.from_environment()
    assert found.token == "secret"
    assert found.origins == ("https://a.example", "https://b.example")
    assert found.most_bytes == 7_000_000


@pytest.mark.parametrize(
    ("name", "value"), [("TOKEN", " "), ("REQUESTS", "0"), ("REQUESTS", "many")]
)
def test_a_setting_that_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MAMMOLENS_API_{name}", value)
    with pytest.raises(ConfigError, match=f"MAMMOLENS_API_{name}"):
        ApiSettings.from_environment()
    mounting._made.cache_clear()
    # In a thread of its own: browser tests in the same run keep an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(lambda: asyncio.run(_health())).result()
    assert refused.status_code == 500
    assert f"MAMMOLENS_API_{name}" in refused.json()["detail"]


async def _health() -> httpx.Response:
    transport = httpx.ASGITransport(mounting.alone())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/api/health")
