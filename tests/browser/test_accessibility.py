"""What people need who cannot see the screen, or use no mouse, asked of axe on every page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.settling import settled

axe = pytest.importorskip("axe_playwright_python", reason="axe comes with requirements-dev.txt")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
RULES = Path(axe.__path__[0]) / "axe.min.js"
FAULTS = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((fault) => ["serious", "critical"].includes(fault.impact))
  .flatMap((fault) => fault.nodes.map((node) => [fault.id, node.html]))
"""
# Parts of Streamlit that a page cannot change: the rule, and what its element has in it.
STREAMLITS_OWN: tuple[tuple[str, str], ...] = ()


def faults(page: Page) -> list[Any]:
    settled(page)
    page.evaluate(RULES.read_text(encoding="utf-8"))
    found = page.evaluate(FAULTS)
    return [
        f for f in found if not any(f[0] == rule and has in f[1] for rule, has in STREAMLITS_OWN)
    ]


def test_the_checker_finds_what_is_wrong(open_page: Open) -> None:
    page = open_page()
    expect(page.get_by_role("heading", name="What is ready")).to_be_visible()
    page.evaluate("() => document.body.append(document.createElement('button'))")
    assert [rule for rule, _ in faults(page)] == ["button-name"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_no_page_keeps_anybody_out(open_page: Open, scheme: str, width: int) -> None:
    page = open_page("/Diagnose", width=width, scheme=scheme)
    home = page.url.removesuffix("/Diagnose")
    page.get_by_role("button", name="Analyse").click()
    expect(page.locator(".viewer[data-heat=on]")).to_be_visible()
    wrong = {"Diagnose": faults(page)}
    for path in ("/", "/Diagnose?guided=1", "/Evaluate", "/Train", "/Data"):
        page.goto(home + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wrong[path] = faults(page)
    assert {where: found for where, found in wrong.items() if found} == {}
