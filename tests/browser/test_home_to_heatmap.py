"""From the first page to a heatmap, as a visitor goes, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.services import catalogue

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]

COLOURED = """
canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let coloured = 0;
  for (let i = 0; i < data.length; i += 4) {
    const pixel = data.slice(i, i + 3);
    coloured += Math.max(...pixel) - Math.min(...pixel) > 24;
  }
  return coloured / (width * height);
}
"""
OVERFLOW = """
() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return Math.max(main.scrollWidth - main.clientWidth, document.body.scrollWidth - innerWidth);
}
"""


def to_heatmap(page: Page) -> None:
    page.get_by_role("button", name="Analyse").click()
    expect(page.locator(".answer .verdict")).to_be_visible()
    expect(page.locator(".viewer[data-state=ready][data-heat=on]")).to_be_visible()


@pytest.fixture(autouse=True)
def a_model_is_shipped() -> None:
    assert catalogue.bundles(), "no model is shipped in trained_models"


def test_a_visitor_goes_from_home_to_a_heatmap(open_page: Open, keep: Keep) -> None:
    page = open_page()
    expect(page.get_by_role("heading", name="What is ready")).to_be_visible()
    expect(page.get_by_text("not for diagnosis of patients").first).to_be_in_viewport()
    keep(page, "home")
    page.get_by_role("link", name="Open Diagnose").click()
    expect(page.locator(".viewer[data-state=ready]")).to_be_visible()
    canvas = page.locator(".viewer canvas").first
    assert canvas.evaluate(COLOURED) == 0
    to_heatmap(page)
    assert canvas.evaluate(COLOURED) > 0.005
    expect(page.locator(".scale")).to_contain_text("high: the regions that spoke most for")
    expect(page.locator(".stPlotlyChart .barlayer .point")).not_to_have_count(0)
    expect(page.get_by_text("not for diagnosis of patients").first).to_be_in_viewport()
    keep(page, "diagnose")


def test_the_slider_fades_the_heatmap_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/Diagnose")
    to_heatmap(page)
    slider = page.get_by_role("slider", name="Strength of the colour")
    slider.focus()
    slider.press("Home")
    expect(page.locator(".viewer[data-heat=off]")).to_be_visible()
    assert page.locator(".viewer canvas").first.evaluate(COLOURED) == 0
    slider.press("End")
    expect(page.locator(".viewer[data-heat=on]")).to_be_visible()


def test_the_image_zooms_by_keyboard_and_comes_back_whole(open_page: Open) -> None:
    page = open_page("/Diagnose")
    expect(page.locator(".viewer[data-state=ready]")).to_be_visible()
    page.locator(".stage").focus()
    page.keyboard.press("+")
    expect(page.locator(".readout")).to_have_text("150%")
    page.get_by_role("button", name="Whole image").click()
    expect(page.locator(".readout")).to_have_text("100%")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (3840, 2160)])
def test_pages_fit_a_phone_and_a_large_screen(
    open_page: Open, keep: Keep, width: int, height: int, scheme: str
) -> None:
    page = open_page(width=width, height=height, scheme=scheme)
    expect(page.get_by_role("heading", name="What is ready")).to_be_visible()
    assert page.evaluate(OVERFLOW) <= 0
    page.get_by_role("link", name="Open Diagnose").click()
    to_heatmap(page)
    assert page.evaluate(OVERFLOW) <= 0
    keep(page, f"diagnose-{width}-{scheme}")


def test_a_bad_upload_is_refused_in_a_sentence(open_page: Open) -> None:
    page = open_page("/Diagnose")
    page.get_by_role("radio", name="My own image").click()
    page.set_input_files(
        "input[type=file]",
        files=[{"name": "notes.txt", "mimeType": "text/plain", "buffer": b"not an image " * 40}],
    )
    alert = page.get_by_role("alert").first
    expect(alert).to_be_visible()
    expect(alert).not_to_contain_text("Traceback")
    expect(alert).not_to_contain_text("went wrong")
