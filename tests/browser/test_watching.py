"""A run that is watched: its chart grows in place, and what a person did to it holds."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.domain.runs import RunState
from core.training.journal import Journal
from core.training.run_folder import RunFolder
from tests.training.fake_runs import row, status, write_run

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]
CHART = "document.querySelector('.live-chart .drawing')"


@pytest.fixture
def live(server_workspace: Path) -> Iterator[RunFolder]:
    """At work in this test's own name, and newer than any other run."""
    folder = write_run(server_workspace, "20991231-120000", state=RunState.RUNNING, title="Watched")
    yield folder
    shutil.rmtree(folder.path)


def look(page: Page) -> tuple[list[float], list[Any], int]:
    """What is zoomed to, which curves are hidden, and how many points there are."""
    found = page.evaluate(
        f"(c => [c._fullLayout.xaxis.range, c.data.map(t => t.visible ?? true), "
        f"c.data[1].x.length])({CHART})"
    )
    return found[0], found[1], found[2]


def test_zoom_and_legend_outlive_new_points_and_the_end_is_told(
    open_page: Open, live: RunFolder, keep: Keep
) -> None:
    page = open_page(f"/Train?room=Runs&run={live.id}")
    expect(page.get_by_text("It is learning.")).to_be_visible()
    expect(page.get_by_text("Epoch 5 of 10, about")).to_be_visible()
    page.locator(".live-chart[data-state=ready]").first.wait_for()
    page.locator(".live-chart").first.scroll_into_view_if_needed()
    box = page.locator(".live-chart .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 80, steps=6)
    page.mouse.up()
    page.wait_for_function(f"{CHART}._fullLayout.xaxis.autorange === false")
    page.locator(".live-chart .legendtoggle").first.click()
    page.wait_for_function(f"{CHART}.data[0].visible === 'legendonly'")
    before = look(page)
    Journal(live).epoch(row(5, 0.9))
    live.write_status(status(RunState.RUNNING, (0.6, 0.7, 0.8, 0.75, 0.9), 10), lasting=False)
    page.wait_for_function(f"{CHART}.data[1].x.length === {before[2] + 1}")
    assert look(page)[:2] == before[:2]
    keep(page, "train-watching")
    live.write_status(status(RunState.FINISHED, (0.6, 0.7, 0.8, 0.75, 0.9), 10), lasting=False)
    expect(page.get_by_text("It has learned.")).to_be_visible()
