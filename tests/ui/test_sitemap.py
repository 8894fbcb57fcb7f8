"""A page is in the navigation because its file exists, and tells about itself."""

from pathlib import Path

import pytest

from ui import sitemap
from ui.sitemap import Page


@pytest.mark.parametrize("page", sitemap.pages(), ids=lambda page: page.title)
def test_every_page_says_what_it_answers_and_what_one_does_there(page: Page) -> None:
    assert page.question.endswith("?")
    assert page.summary.endswith(".")
    assert page.icon.startswith(":material/")
    assert (sitemap.FOLDER.parent / page.path).is_file()


def test_a_new_file_is_a_new_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "2_Look_closer.py").write_text('"""Why?\n\nLook\ncloser.\n"""\n\nICON = "search"\n')
    (folder / "_draft.py").write_text("raise RuntimeError")
    monkeypatch.setattr(sitemap, "FOLDER", folder)
    sitemap.pages.cache_clear()
    try:
        assert sitemap.pages() == (
            Page(
                "pages/2_Look_closer.py", "Look closer", "Why?", "Look closer.", ":material/search:"
            ),
        )
    finally:
        sitemap.pages.cache_clear()
