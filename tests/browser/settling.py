"""What tests in a browser wait for, and how they see that a page is too wide."""

from playwright.sync_api import Page

OVERFLOW = """
() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return Math.max(main.scrollWidth - main.clientWidth, document.body.scrollWidth - innerWidth);
}
"""


def settled(page: Page) -> None:
    page.wait_for_timeout(300)
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')"
        "?.dataset.testScriptState === 'notRunning'"
    )
