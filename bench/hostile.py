"""What a server makes of files that were made to harm it.

Starts the interface as a user would, sends it damaged files of every kind and the known
traps, a few at once, and looks at the server before and after. Each file is to be answered
within ten seconds with an answer or a sentence, none with a traceback, and the server is to
be as well and as large as before. Ends with exit code 1 where that is not so.

    python -m bench.hostile --files 2000
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.hostile_files import damaged, sound_files, traps

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 10.0
MOST_GROWTH = 20.0  # megabytes; a server that is asked the same again and again varies by ten
SETTLING_SECONDS = 3.0  # a server gives memory back when nobody has asked for a second
NAMES = (
    "image.dcm",
    "../../../etc/passwd",
    "/etc/passwd",
    "C:\\x.dcm",
    "a\nb\r\nc: d",
    "\u202egnp.exe",
)


@dataclass(frozen=True)
class Reply:
    name: str
    status: int
    code: str
    seconds: float
    faults: tuple[str, ...]


class Server:
    def __init__(self, address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.address, self.process, self.log = address, process, log
        self.client = httpx.Client(timeout=60)

    def send(self, name: str, data: bytes, number: int = 0) -> Reply:
        begun = time.perf_counter()
        file = (NAMES[number % len(NAMES)], data)
        reply = self.client.post(f"{self.address}/predict", files={"file": file})
        taken = time.perf_counter() - begun
        return Reply(name, reply.status_code, _code(reply), taken, tuple(_faults(reply, taken)))

    def health(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{self.address}/health").json()
        return found

    def megabytes(self) -> float:
        """Once it has nothing to do."""
        time.sleep(SETTLING_SECONDS)
        return float(psutil.Process(self.process.pid).memory_info().rss / 1e6)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def serving() -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("localhost", 0))
        port, log = probe.getsockname()[1], Path(folder) / "log.txt"
        probe.close()
        command = [sys.executable, "-m", "core", "serve", "--port", str(port)]
        environment = {**os.environ, "MAMMOLENS_WORKSPACE": f"{folder}/workspace"}
        with log.open("wb") as words:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=words)
        server = Server(f"http://localhost:{port}/api", process, log)
        try:
            _wait(server)
            yield server
        finally:
            server.client.close()
            process.terminate()
            process.wait(30)


def _wait(server: Server) -> None:
    """Until it answers about a sound file, so that everything is loaded."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            server.health()
            server.send("warm", sound_files()["PNG"])
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit(f"The server did not start:\n{server.said()}")


def _code(reply: httpx.Response) -> str:
    if reply.status_code != 200:
        return str(_document(reply).get("code"))
    result = _document(reply)["results"][0]
    return "answered" if result.get("label") else "no answer"


def _document(reply: httpx.Response) -> dict[str, Any]:
    try:
        found = reply.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _faults(reply: httpx.Response, seconds: float) -> Iterator[str]:
    if seconds > MOST_SECONDS:
        yield f"took {seconds:.1f} seconds"
    if reply.status_code not in (200, 413, 422):
        yield f"status {reply.status_code}: {reply.text[:200]}"
    detail = str(_document(reply).get("detail", "")) if reply.status_code != 200 else "."
    if not detail.endswith(".") or len(detail) > 400:
        yield f"no sentence: {detail[:200]!r}"
    if re.search(r"Traceback|File \"|\.py\b", reply.text):
        yield f"a traceback: {reply.text[:200]}"


def files(count: int, first: int) -> Iterator[tuple[str, bytes]]:
    with warnings.catch_warnings(action="ignore"):  # of writing what no one should
        yield from chain(traps(), (damaged(seed) for seed in range(first, first + count)))


def warm(server: Server, at_once: int) -> None:
    """Sound files of every kind, as many at once as later: so that all is loaded and used."""
    kinds = list(sound_files().items()) * 4
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda one: server.send(one[0], one[1]), kinds))


def attack(server: Server, count: int, first: int, at_once: int) -> list[Reply]:
    """Only as many files lie in memory as are under way."""
    replies: list[Reply] = []
    stream = enumerate(files(count, first))
    with ThreadPoolExecutor(at_once) as pool:
        while batch := list(islice(stream, at_once * 8)):
            replies += pool.map(lambda one: server.send(one[1][0], one[1][1], one[0]), batch)
    return replies


def report(server: Server, replies: list[Reply], before: float) -> dict[str, Any]:
    times = sorted(reply.seconds for reply in replies)
    slowest = max(replies, key=lambda reply: reply.seconds)
    health = server.health()
    return {
        "files": len(replies),
        "answers": dict(Counter(f"{one.status} {one.code}" for one in replies).most_common()),
        "median_seconds": times[len(times) // 2],
        "worst_seconds": times[-1],
        "worst_file": slowest.name,
        "server_megabytes_before": round(before),
        "server_megabytes_after": round(server.megabytes()),
        "decoders_lost": health["decoders"]["lost"],
        "still_answers": server.send("sound", sound_files()["DICOM uncompressed"]).status == 200,
        "traceback_in_log": "Traceback" in server.said(),
        "faults": [f"{one.name}: {fault}" for one in replies for fault in one.faults],
    }


def passed(found: dict[str, Any]) -> bool:
    growth = found["server_megabytes_after"] - found["server_megabytes_before"]
    sound = found["still_answers"] and not found["traceback_in_log"]
    return bool(sound and not found["faults"] and growth < MOST_GROWTH)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first damaged file")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with serving() as server:
        warm(server, chosen.at_once)
        before = server.megabytes()
        replies = attack(server, chosen.files, chosen.first, chosen.at_once)
        found = report(server, replies, before)
    if chosen.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name.replace('_', ' ')}: {value}")
        print(f"Wanted: each within {MOST_SECONDS:.0f} s, no fault, growth under {MOST_GROWTH} MB.")
    return 0 if passed(found) else 1


if __name__ == "__main__":
    sys.exit(main())
