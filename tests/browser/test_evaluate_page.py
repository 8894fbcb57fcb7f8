"""From nothing to figures by one click; the slider moves them; a cell opens its images."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.settling import OVERFLOW, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]
PATIENCE = 240_000


def have_figures(page: Page) -> None:
    """The first test to come here makes them; the server then has them for the others."""
    settled(page)
    button = page.get_by_role("button", name="Try the model on a new phantom set")
    if not page.get_by_text("What to keep in mind (").is_visible():
        if page.get_by_role("button", name="New images").is_visible():
            page.get_by_role("button", name="New images").click()
        page.get_by_text("Choose how many").click()
        patients = page.get_by_role("spinbutton", name="Patients")
        patients.fill("8")
        patients.press("Enter")
        expect(page.get_by_text("32 images of 8 synthetic patients")).to_be_visible()
        button.click()
    expect(page.get_by_text("What to keep in mind (")).to_be_visible(timeout=PATIENCE)
    settled(page)


def figure(page: Page, label: str) -> str:
    tile = page.get_by_test_id("stMetric").filter(has_text=label).first
    return tile.get_by_test_id("stMetricValue").inner_text()


def test_the_slider_moves_every_figure_and_a_cell_opens_its_images(
    open_page: Open, keep: Keep
) -> None:
    page = open_page("/Evaluate")
    have_figures(page)
    expect(page.locator(".verdict-answer")).to_contain_text("phantom-cases")
    keep(page, "evaluate")
    rank = figure(page, "AUC")
    assert figure(page, "Specificity") != "0"
    slider = page.get_by_role("slider", name="Threshold")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_text("Moved by hand while looking at these cases")).to_be_visible()
    settled(page)
    assert figure(page, "Sensitivity") == "1.00"
    assert figure(page, "Specificity") == "0"
    assert figure(page, "AUC") == rank
    keep(page, "evaluate-slider")
    plot = page.locator(".stPlotlyChart .nsewdrag").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    # At threshold 0 everything is called malignant: the last cell of the first row.
    page.mouse.click(box["x"] + 0.875 * box["width"], box["y"] + 0.125 * box["height"])
    expect(page.get_by_text("Normal called Malignant")).to_be_visible()
    expect(page.locator(".tile")).not_to_have_count(0)
    expect(page.locator(".tile").first).to_contain_text("called malignant")
    settled(page)
    keep(page, "evaluate-cell")
    page.locator(".tile").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".viewer[data-state=ready]")).to_be_visible()
    dialog.get_by_label("Note").fill("A bright fold.")
    dialog.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept with the dataset.")).to_be_visible()
    keep(page, "evaluate-case")


def test_a_chart_is_saved_in_both_formats_from_its_own_menu(open_page: Open) -> None:
    page = open_page("/Evaluate?view=Curves")
    have_figures(page)
    page.get_by_role("tab", name="Curves").click()
    chart = page.locator(".stPlotlyChart").first
    chart.scroll_into_view_if_needed()
    chart.hover()
    for button, ending in ((".as-svg", "svg"), ('[data-title*="PNG"]', "png")):
        with page.expect_download() as waiting:
            chart.locator(button).first.click()
        assert waiting.value.suggested_filename == f"mammolens-roc.{ending}"


@pytest.mark.parametrize(("width", "height", "scheme"), [(390, 844, "dark"), (1440, 900, "light")])
def test_no_section_is_wider_than_the_screen(
    open_page: Open, keep: Keep, width: int, height: int, scheme: str
) -> None:
    page = open_page("/Evaluate", width=width, height=height, scheme=scheme)
    have_figures(page)
    for section in ("Figures", "Curves", "By class", "Cases", "Groups", "Report"):
        page.get_by_role("tab", name=re.compile(f"^{section}$")).click()
        settled(page)
        assert page.evaluate(OVERFLOW) <= 0, section
        expect(page.get_by_text("Something went wrong")).to_have_count(0)
        keep(page, f"evaluate-{section.lower().replace(' ', '-')}-{width}")
