"""How long a person waits: for the first page, the first result, and every later one.

Starts the app as a user would and drives it with a real browser. Each round starts a new
server, so nothing is warm. The browser itself is running before the clock starts.

    python bench/first_page.py --rounds 5
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIMITS = {"first page": 3.0, "first result": 15.0, "later result": 1.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3, help="servers started (3)")
    rounds = parser.parse_args().rounds
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("No Chromium on this machine: apt-get install chromium", file=sys.stderr)
        return 2
    times: dict[str, list[float]] = {name: [] for name in LIMITS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for _ in range(rounds):
            for name, seconds in one_round(browser):
                times[name].append(seconds)
        browser.close()
    return report(times)


def one_round(browser: Browser) -> Iterator[tuple[str, float]]:
    started = time.perf_counter()
    with server() as address:
        page = browser.new_page()
        open_when_up(page, address)
        page.get_by_role("heading", name="What is ready").wait_for()
        yield "first page", time.perf_counter() - started
        page.get_by_role("link", name="Open Diagnose").click()
        page.locator(".viewer[data-state=ready]").wait_for()
        yield "first result", analyse(page)
        for _ in range(page_samples(page) - 1):
            next_sample(page)
            yield "later result", analyse(page)
        page.close()


def analyse(page: Page) -> float:
    """From the press to the answer and the heatmap on the screen."""
    started = time.perf_counter()
    page.get_by_role("button", name="Analyse").click()
    page.locator(".answer .verdict").wait_for(timeout=120_000)
    page.locator(".viewer[data-state=ready][data-heat=on]").wait_for(timeout=120_000)
    return time.perf_counter() - started


def page_samples(page: Page) -> int:
    page.get_by_role("combobox", name="Sample case").click()
    count = page.get_by_role("option").count()
    page.keyboard.press("Escape")
    return count


def next_sample(page: Page) -> None:
    page.get_by_role("combobox", name="Sample case").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".answer .verdict").wait_for(state="detached")
    page.locator(".viewer[data-state=ready][data-heat=off]").wait_for()


@contextmanager
def server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    )
    try:
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)


def open_when_up(page: Page, address: str) -> None:
    deadline = time.perf_counter() + 60
    while time.perf_counter() < deadline:
        with suppress(Error):
            page.goto(address)
            return
        time.sleep(0.02)
    raise SystemExit("The server did not answer within a minute.")


def report(times: dict[str, list[float]]) -> int:
    print(f"{'':14}{'median':>8}{'worst':>8}{'allowed':>9}   n")
    for name, values in times.items():
        if values:
            middle, worst = statistics.median(values), max(values)
            row = f"{middle:>7.2f}s{worst:>7.2f}s{LIMITS[name]:>8.0f}s"
            print(f"{name:14}{row}   {len(values)}")
    within = all(v and statistics.median(v) <= LIMITS[name] for name, v in times.items())
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
