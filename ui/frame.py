"""What surrounds every page: title, navigation, the notice, and calm when something fails."""

import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from core import __version__
from core.errors import MammolensError
from ui import loaded_models, sitemap, words
from ui.words import NOTICE

_ASSETS = Path(__file__).parent / "assets"
loaded_models.keep()
_log = logging.getLogger("mammolens.pages")


def begin(title: str, question: str = "") -> None:
    """The first call of every page."""
    st.set_page_config(
        page_title=f"{title} · Mammolens" if question else "Mammolens",
        layout="wide",
        menu_items={"About": f"**Mammolens {__version__}**. {NOTICE}."},
    )
    st.html(_ASSETS / "style.css")
    with st.container(key="notice"):
        st.html(f'<div class="notice" role="note">{NOTICE}</div>')
    _navigation()
    if question:
        heading = f"<h1>{html.escape(title)}</h1><p>{html.escape(question)}</p>"
        st.html(f'<div class="headline">{heading}</div>')


@contextmanager
def guard() -> Iterator[None]:
    """Around everything a page draws after `begin`."""
    with calm():
        yield
    _emblem()


@contextmanager
def calm() -> Iterator[None]:
    """A person reads a sentence; the traceback goes to the log. Fragments use it alone."""
    try:
        yield
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
    except Exception:
        _log.exception("A page failed")
        st.error(
            "Something went wrong inside Mammolens; nothing you did is lost. Reload the page to "
            "try again. The details are in the server's log.",
            icon=":material/error:",
        )


def _navigation() -> None:
    with st.sidebar:
        st.page_link(sitemap.ENTRY, label="Home", icon=":material/home:", width="stretch")
        for entry in sitemap.pages():
            st.page_link(entry.path, label=entry.title, icon=entry.icon, width="stretch")
        with st.expander("Words explained", icon=":material/menu_book:"):
            terms = sorted(words.GLOSSARY.values(), key=lambda term: term.title.lower())
            st.markdown("\n\n".join(f"**{term.title}.** {term.plain}" for term in terms))
        st.caption(f"Version {__version__}")


def _emblem() -> None:
    """Last, because handling pictures imports libraries that the first page need not wait for."""
    st.logo(str(_ASSETS / "logo.svg"), icon_image=str(_ASSETS / "icon.png"), size="large")
    st.set_page_config(page_icon=str(_ASSETS / "icon.png"))
