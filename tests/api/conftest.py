"""The interface behind a real server, asked by a real client; models answer at once."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO

import httpx
import numpy as np
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from core.api.app import Interface
from core.api.settings import ApiSettings
from core.domain.card import ModelCard
from core.domain.images import ImageFacts, Mammogram
from core.domain.prediction import Fitness, FitnessReport, Heatmap, Prediction
from core.errors import ImageError, NotFound
from core.services import catalogue, questions

MODEL = "four-class-phantom"
Serve = Callable[..., httpx.Client]


class Model:
    """What was asked, and what shall happen; the content of a file says what it is."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fault: Exception | None = None

    def ask(self, source: bytes | BinaryIO, model: str, **wanted: Any) -> Prediction:
        self.asked.append({"model": model, **wanted})
        assert self.gate.wait(20)
        if self.fault:
            raise self.fault
        if isinstance(source, bytes):
            data = source
        else:
            source.seek(0)
            data = source.read()
        if data == b"broken":
            raise ImageError("The file is damaged. Export it once more.")
        return prediction(catalogue.bundle(model).card, fit=data != b"blank")


def prediction(card: ModelCard, fit: bool) -> Prediction:
    mammogram = Mammogram(np.full((40, 30), 0.5, np.float32), ImageFacts("PNG", 40, 30, 8))
    names = [one.name for one in card.classes]
    shares = (0.1, 0.2, 0.3, 0.4) if len(names) == 4 else (0.4, 0.6)
    chances = dict(zip(names, shares, strict=True)) if fit else {}
    status = FitnessReport(*((Fitness.FIT,) if fit else (Fitness.UNFIT, ("It is blank.",))))
    heat = Heatmap("grad-cam", names[-1], "last", np.eye(40, 30, dtype=np.float32), 1.0)
    label = names[-1] if fit else None
    pixels = np.zeros((8, 8), np.float32)
    return Prediction(card.name, card, mammogram, pixels, label, chances, (), status, heat)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    made = Model()
    monkeypatch.setattr(questions, "ask", made.ask)
    return made


@contextmanager
def running(settings: ApiSettings) -> Iterator[str]:
    interface = Interface(settings)
    door = socket.create_server(("localhost", 0))
    config = uvicorn.Config(
        Starlette(routes=[Mount("/api", interface)]),
        log_level="critical",
        ws="none",
        lifespan="off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    try:
        yield f"http://localhost:{door.getsockname()[1]}/api"
    finally:
        server.should_exit = True
        thread.join()
        interface.close()
        door.close()


@pytest.fixture
def serve(workspace: object, model: Model) -> Iterator[Serve]:
    """Starts the interface with settings of one's own, and gives a client for it."""
    with ExitStack() as stack:

        def start(**settings: Any) -> httpx.Client:
            asked = ApiSettings(**{"model": MODEL, **settings})
            address = stack.enter_context(running(asked))
            return stack.enter_context(httpx.Client(base_url=address, timeout=30))

        yield start
        model.gate.set()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    def wait(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    return wait


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> None:
        raise NotFound(f"There is no model {name!r}.")

    monkeypatch.setattr(catalogue, "bundles", lambda *kinds: [])
    monkeypatch.setattr(catalogue, "bundle", none)
