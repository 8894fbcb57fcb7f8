"""A server as a user starts it, and a page in a real browser that reports what it fetched."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# A machine that runs other tests beside this one is slow, not broken.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def server_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server under test keeps what its users make: each file of tests begins anew."""
    return tmp_path_factory.mktemp("server") / "workspace"


@pytest.fixture(scope="module")
def address(server_workspace: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    folder = server_workspace.parent
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    environment = {**os.environ, "MAMMOLENS_WORKSPACE": str(server_workspace)}
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(f"http://localhost:{port}/_stcore/health", process)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(20)
    said = (folder / "log.txt").read_text()
    assert "Traceback" not in said, said


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended at its start"
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer within 90 seconds")


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the app; whatever is fetched from elsewhere, or logged as an error, fails the test."""
    foreign: list[str] = []
    faults: list[str] = []
    opened: list[Page] = []

    def visit(
        path: str = "/", *, width: int = 1440, height: int = 900, scheme: str = "light"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: _note_foreign(request.url, foreign))
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        opened.append(page)
        page.goto(address + path)
        return page

    yield visit
    for page in opened:
        page.context.close()
    assert foreign == []
    assert faults == []


def _note_foreign(url: str, foreign: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob", "about") and parts.hostname != "localhost":
        foreign.append(url)


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """Keeps a picture of the page for a person to look at."""

    def save(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.mouse.move(2, 2)
        page.screenshot(path=PICTURES / f"{name}.png")

    return save
