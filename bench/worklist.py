"""Whether a long worklist fits in memory: many large files, sent to a server and read there.

    python -m bench.worklist [--files 200] [--height 4000] [--syntax jpeg-lossless]

Starts the interface as a user would, sends it synthetic mammograms of real size (a few,
again and again under new names) one by one, as the page's *Many files* does, lets it read them as a
worklist and looks at the resident memory of the server and of each process that opens files.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psutil

from bench.hostile import SETTLING_SECONDS, Server, serving, warm
from core.domain.cases import Side, View
from core.phantom import PhantomConfig, dicom_bytes, image

MEGABYTE = 1_000_000
VIEWS = ((Side.LEFT, View.CC), (Side.LEFT, View.MLO), (Side.RIGHT, View.CC), (Side.RIGHT, View.MLO))


@dataclass
class Memory:
    """In MB: of the server, and the largest of those that open files."""

    server: list[float] = field(default_factory=list)
    highest: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def look(self, server: Server) -> None:
        own = psutil.Process(server.process.pid)
        self.server.append(own.memory_info().rss / MEGABYTE)
        for worker in own.children(recursive=True):
            try:
                held = worker.memory_info().rss / MEGABYTE
            except psutil.Error:
                continue
            self.highest[worker.pid] = max(self.highest[worker.pid], held)


def mammograms(height: int, syntax: str) -> list[bytes]:
    config = PhantomConfig(seed=900_500, height=height, patients=1)
    pictures = (image(config, 0, side, view) for side, view in VIEWS)
    return [dicom_bytes(one, syntax=syntax, bits=16) for one in pictures]


def send(server: Server, place: str, files: list[bytes], count: int, memory: Memory) -> None:
    for number in range(count):
        data = files[number % len(files)]
        reply = server.client.put(f"{server.address}{place}/files/{number}.dcm", content=data)
        reply.raise_for_status()
        memory.look(server)


def read(server: Server, place: str, memory: Memory) -> dict[str, Any]:
    server.client.post(f"{server.address}{place}/worklist").raise_for_status()
    for found in _states(server, place):
        memory.look(server)
        if found["state"] != "reading":
            return found
    raise SystemExit("The server ended.")


def _states(server: Server, place: str) -> Iterator[dict[str, Any]]:
    """Asked for seldom, because the answer is long; memory is looked at in between."""
    while server.process.poll() is None:
        yield server.client.get(f"{server.address}{place}/worklist").json()
        time.sleep(0.25)


def measure(server: Server, files: list[bytes], count: int) -> dict[str, Any]:
    warm(server, 4)
    before, sending, reading = server.megabytes(), Memory(), Memory()
    key = server.client.post(f"{server.address}/uploads").json()["key"]
    place = f"/uploads/{key}"
    send(server, place, files, count, sending)
    begun = time.perf_counter()
    found = read(server, place, reading)
    seconds = time.perf_counter() - begun
    server.client.delete(f"{server.address}{place}").raise_for_status()
    time.sleep(SETTLING_SECONDS)
    return {
        "files": count,
        "megabytes_each": round(sum(map(len, files)) / len(files) / MEGABYTE, 1),
        "answered": sum(one["label"] is not None for one in found["results"]),
        "state": found["state"],
        "seconds_each": round(seconds / count, 2),
        "server_before": round(before),
        "server_highest_sending": round(max(sending.server)),
        "server_highest_reading": round(max(reading.server)),
        "server_after": round(server.megabytes()),
        "openers_highest": [round(one) for one in sorted(reading.highest.values())],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--height", type=int, default=4000)
    parser.add_argument("--syntax", default="jpeg-lossless", help="how the files are stored")
    chosen = parser.parse_args()
    files = mammograms(chosen.height, chosen.syntax)
    with serving() as server:
        print(json.dumps(measure(server, files, chosen.files), indent=2))


if __name__ == "__main__":
    main()
