"""A run is launched, watched, left, stopped, resumed, finished and deleted in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.datasets.prepare import prepare_dataset
from core.datasets.prepared import open_prepared
from core.phantom import PhantomConfig, write_phantom
from core.services import dataset_options

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]
NAME = "trainable"
EPOCHS = 300
LATER = (
    "(before) => +document.querySelector('p.now').innerText.match(/epoch (\\d+) of/)[1] > before"
)


@pytest.fixture
def images(server_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pictures of every class, so that an epoch takes a moment."""
    monkeypatch.setenv("MAMMOLENS_WORKSPACE", str(server_workspace))
    write_phantom(PhantomConfig(seed=3, patients=6, height=128), tmp_path)
    source = dataset_options.source("folder", str(tmp_path))
    prepare_dataset(dataset_options.request(NAME, [source], size=64), workers=1)
    made = open_prepared(NAME)
    made.index["class"] = np.resize(made.info.classes, len(made.index))
    made.index.to_parquet(made.path / "index.parquet", index=False)


def epochs_done(page: Page) -> int:
    said = page.get_by_text(re.compile(rf"\d+ epochs? of {EPOCHS} done")).first.inner_text()
    return int(said.split()[0])


def stop_button(page: Page) -> Locator:
    """Ours: the framework shows one of its own while a page is drawn."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)


def test_a_run_from_start_to_end(open_page: Open, keep: Keep, images: None) -> None:
    page = open_page("/Train")
    start = page.get_by_role("button", name="Start")
    expect(start).to_be_enabled()
    epochs = page.get_by_role("spinbutton", name="Epochs").first
    epochs.fill(str(EPOCHS))
    epochs.press("Enter")
    expect(page.get_by_role("button", name=f"Epochs: {EPOCHS}")).to_be_visible()
    keep(page, "train-new-run")
    start.click()
    expect(stop_button(page)).to_be_visible()
    expect(page).to_have_url(re.compile(r"run=\d{8}-\d{6}"))
    expect(page.locator("p.now")).to_contain_text(f"of {EPOCHS}")
    page.wait_for_function(LATER, arg=1)
    expect(page.get_by_role("figure", name=re.compile("Loss of")).first).to_be_visible()
    keep(page, "train-watch")
    page.reload()
    stop_button(page).click()
    go_on = page.get_by_role("button", name="Go on")
    expect(go_on).to_be_visible()
    assert 0 < epochs_done(page) < EPOCHS
    keep(page, "train-stopped")
    go_on.click()
    expect(stop_button(page)).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    assert epochs_done(page) == EPOCHS
    keep(page, "train-finished")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("No run has been started yet")).to_be_visible()
