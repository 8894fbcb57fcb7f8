"""Files are sent one by one to disk, read as a worklist, and are gone when told to."""

import csv
import io
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.errors import MammolensError
from core.services import shelf, trays, worklist
from core.services.gathering import Item
from core.services.trays import Limits
from core.services.worklist_row import Row, unreadable

Serve = Callable[..., httpx.Client]
Until = Callable[[Callable[[], bool]], None]
SMALL = Limits(most_file_bytes=3_000_000, most_bytes=4_000_000, most_files=3, most_trays=2)


@pytest.fixture(autouse=True)
def cleared(workspace: Path) -> Iterator[None]:
    yield
    shelf.end()


@pytest.fixture(autouse=True)
def reading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    names: list[str] = []

    def read(item: Item, model: str) -> Row:
        names.append(item.name)
        try:
            data = Path(str(item.read())).read_bytes()
        except MammolensError as fault:
            return unreadable(item, fault)
        share = len(data) / 100
        return Row(item.name, item, "malignant", "Malignant", share, {"malignant": share}, "fit")

    monkeypatch.setattr(worklist, "read", read)
    return names


def begin(client: httpx.Client) -> str:
    reply = client.post("/uploads")
    assert reply.status_code == 201
    return f"/uploads/{reply.json()['key']}"


def kept(workspace: Path) -> list[Path]:
    return [file for file in workspace.glob("trays/*/*/*") if file.is_file()]


def finished(client: httpx.Client, place: str, until: Until) -> dict[str, Any]:
    until(lambda: client.get(f"{place}/worklist").json()["state"] == "finished")
    found: dict[str, Any] = client.get(f"{place}/worklist").json()
    return found


def test_from_files_to_a_sorted_table_and_nothing_is_left(
    serve: Serve, workspace: Path, until: Until, reading: list[str]
) -> None:
    client = serve()
    place = begin(client)
    for name, data in (("a.dcm", b"x" * 10), ("exam 1/b.dcm", b"x" * 90)):
        reply = client.put(f"{place}/files/{name}", content=data)
        assert (reply.status_code, reply.json()) == (201, {"file": name, "bytes": len(data)})
    assert client.get(place).json()["bytes"] == 100
    assert client.post(f"{place}/worklist").status_code == 202
    found = finished(client, place, until)
    assert [one["file"] for one in found["results"]] == ["exam 1/b.dcm", "a.dcm"]
    assert "Research" in found["notice"]
    table = client.get(f"{place}/worklist", params={"format": "csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert next(row["file"] for row in csv.DictReader(io.StringIO(table.text))) == "exam 1/b.dcm"
    client.put(f"{place}/files/c.dcm", content=b"x")
    client.post(f"{place}/worklist")
    assert finished(client, place, until)["total"] == 3
    assert reading == ["a.dcm", "exam 1/b.dcm", "c.dcm"]
    assert len(kept(workspace)) == 3
    assert client.delete(place).status_code == 204
    assert kept(workspace) == []
    assert client.get(f"{place}/worklist").status_code == 404


def test_beyond_a_limit_the_status_says_which(serve: Serve, workspace: Path) -> None:
    client = serve(uploads=SMALL)
    place = begin(client)
    big = client.put(f"{place}/files/a", content=bytes(3_000_001))
    assert (big.status_code, big.json()["code"]) == (413, "too-large")
    assert client.put(f"{place}/files/a", content=_stream(3_100_000)).status_code == 413
    assert client.put(f"{place}/files/a", content=b"").status_code == 422
    assert client.put(f"{place}/files/a", content=bytes(3_000_000)).status_code == 201
    full = client.put(f"{place}/files/b", content=bytes(2_000_000))
    assert full.status_code == 413
    assert "the most in all" in full.json()["detail"]
    assert len(kept(workspace)) == 1
    begin(client)
    refused = client.post("/uploads")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


def _stream(size: int) -> Iterator[bytes]:
    for _ in range(0, size, 100_000):
        yield bytes(100_000)


def test_a_disk_without_room_is_told(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    client = serve()
    place = begin(client)
    monkeypatch.setattr(trays, "SPARE_BYTES", 1 << 60)
    reply = client.put(f"{place}/files/a", content=b"image")
    assert (reply.status_code, reply.json()["code"]) == (507, "disk-full")


def test_an_upload_that_breaks_off_leaves_nothing(
    serve: Serve, workspace: Path, until: Until
) -> None:
    client = serve()
    place = begin(client)
    head = f"PUT /api{place}/files/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n"
    address = client.base_url
    with socket.create_connection((address.host, address.port), timeout=10) as broken:
        broken.sendall(head.encode() + bytes(3_000_000))
        until(lambda: len(kept(workspace)) == 1)
    until(lambda: kept(workspace) == [])
    until(lambda: client.get("/health").json()["in_flight"] == 0)
    assert client.get(place).json()["files"] == []


def test_another_site_may_not_send_or_remove(serve: Serve) -> None:
    client = serve()
    place = begin(client)
    host = f"{client.base_url.host}:{client.base_url.port}"
    foreign: tuple[dict[str, str], ...] = (
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": f"http://{host}", "Sec-Fetch-Site": "cross-site"},
    )
    for headers in foreign:
        assert client.post("/uploads", headers=headers).status_code == 403
        assert client.put(f"{place}/files/a", content=b"x", headers=headers).status_code == 403
        assert client.delete(place, headers=headers).status_code == 403
    own = {"Origin": f"http://{host}"}
    assert client.put(f"{place}/files/a", content=b"x", headers=own).status_code == 201
    behind = {"Origin": "https://mammo.example", "Sec-Fetch-Site": "same-origin"}
    assert client.put(f"{place}/files/b", content=b"x", headers=behind).status_code == 201


def test_a_site_that_is_named_may_send(serve: Serve) -> None:
    client = serve(origins=("https://clinic.example",))
    theirs = {"Origin": "https://clinic.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/uploads", headers=theirs).status_code == 201
    asking = {**theirs, "Access-Control-Request-Method": "PUT"}
    assert client.options("/uploads/x/files/a", headers=asking).status_code == 200


def test_the_key_of_a_page_stands_for_the_token_of_its_upload_alone(serve: Serve) -> None:
    client = serve(token="long-and-random")
    page, program = shelf.open_tray(of_page=True), shelf.open_tray()
    assert client.put(f"/uploads/{page.key}/files/a", content=b"x").status_code == 201
    assert client.put(f"/uploads/{program.key}/files/a", content=b"x").status_code == 401
    assert client.post("/uploads").status_code == 401
    assert client.put("/uploads/guessed/files/a", content=b"x").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/uploads/none-such/files/a", 404),
        ("GET", "/uploads/none-such", 404),
        ("DELETE", "/uploads/..%2F..%2Fetc", 404),
        ("POST", "/uploads/none-such/worklist", 404),
        ("PUT", "{place}/files/", 422),
        ("PUT", "{place}/files/" + "a" * 400, 422),
        ("GET", "{place}/worklist", 404),
        ("GET", "{place}/worklist?format=xml", 422),
        ("POST", "{place}/worklist?model=none-such", 404),
        ("PATCH", "{place}", 405),
    ],
)
def test_nonsense_gets_a_sentence(serve: Serve, method: str, path: str, status: int) -> None:
    client = serve()
    reply = client.request(method, path.format(place=begin(client)))
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["detail"].endswith(".")


def test_an_empty_upload_and_a_zip_that_is_broken(serve: Serve, until: Until) -> None:
    client = serve()
    place = begin(client)
    assert client.post(f"{place}/worklist").status_code == 422
    client.put(f"{place}/files/broken.zip", content=b"PK\x03\x04 and no more")
    client.post(f"{place}/worklist")
    (only,) = finished(client, place, until)["results"]
    assert only["status"] == "unreadable"
    assert "zip cannot be opened" in only["notes"]
