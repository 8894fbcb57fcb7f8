"""From nothing to a looked-over dataset by the offered clicks, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.settling import OVERFLOW, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]
PATIENCE = 240_000
SECTIONS = ("Images", "File headers", "Preprocessing", "Split", "Leakage", "Shortcuts")


def ask_for_one(page: Page) -> None:
    page.get_by_text("Choose how many and how hard").click()
    patients = page.get_by_role("spinbutton", name="Patients")
    patients.fill("5")
    patients.press("Enter")
    expect(page.get_by_text("20 images of 5 synthetic patients")).to_be_visible()
    page.get_by_role("button", name="Make a phantom set").click()


def have_a_dataset(page: Page) -> None:
    """The first test to come here makes it; the server then has it for the others."""
    empty = page.get_by_role("button", name="Make a phantom set")
    there, making = page.get_by_role("tab", name="Overview"), page.get_by_text("Making the phantom")
    expect(empty.or_(there).or_(making).first).to_be_visible()
    settled(page)
    if empty.is_visible():
        ask_for_one(page)
    expect(page.get_by_role("tab", name="Overview")).to_be_visible(timeout=PATIENCE)
    settled(page)


def test_a_newcomer_makes_a_dataset_and_a_refresh_loses_nothing(
    open_page: Open, keep: Keep
) -> None:
    page = open_page("/Data")
    expect(page.get_by_text("No dataset is here yet")).to_be_visible()
    ask_for_one(page)
    expect(page.get_by_text("Making the phantom set “phantom”")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Making the phantom set “phantom”")).to_be_visible()
    have_a_dataset(page)
    expect(page.locator(".data-answer")).to_contain_text("20 images of 5 patients")
    expect(page.locator(".stPlotlyChart")).not_to_have_count(0)
    keep(page, "data")


def test_an_image_is_opened_and_taken_to_the_bench(open_page: Open, keep: Keep) -> None:
    page = open_page("/Data?section=Images")
    have_a_dataset(page)
    page.get_by_role("tab", name="Images").click()
    expect(page.locator(".tile")).to_have_count(20)
    page.locator(".tile").nth(2).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".viewer[data-state=ready]")).to_be_visible()
    expect(dialog.get_by_text("3 of 20")).to_be_visible()
    dialog.get_by_role("button", name=re.compile("^.*Next")).click()
    expect(dialog.get_by_text("4 of 20")).to_be_visible()
    dialog.get_by_text("As in its file").click()
    settled(page)
    expect(dialog.locator(".viewer[data-state=ready]")).to_be_visible()
    keep(page, "data-image")
    dialog.get_by_role("button", name="Try preprocessing on it").click()
    expect(page.get_by_text("What a model sees")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Image, of 20")).to_have_value("4")
    assert "section=Preprocessing" in page.url


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(390, 844, "dark"), (1440, 900, "light"), (3840, 2160, "dark")]
)
def test_no_section_is_wider_than_the_screen(
    open_page: Open, keep: Keep, width: int, height: int, scheme: str
) -> None:
    page = open_page("/Data", width=width, height=height, scheme=scheme)
    have_a_dataset(page)
    for section in SECTIONS:
        page.get_by_role("tab", name=section).click()
        settled(page)
        expect(page.get_by_role("tab", name=section)).to_have_attribute("aria-selected", "true")
        assert page.evaluate(OVERFLOW) <= 0, section
        expect(page.get_by_text("Something went wrong")).to_have_count(0)
        keep(page, f"data-{section.lower().replace(' ', '-')}-{width}")


def test_every_button_has_a_name_for_those_who_cannot_see_it(open_page: Open) -> None:
    page = open_page("/Data")
    have_a_dataset(page)
    for section in ("Images", "Preprocessing"):
        page.get_by_role("tab", name=section).click()
        settled(page)
        unnamed = page.evaluate(
            "() => [...document.querySelectorAll('[data-testid=stMain] button')].filter("
            "b => !(b.innerText || b.getAttribute('aria-label') || b.title).trim()).length"
        )
        assert unnamed == 0, section
