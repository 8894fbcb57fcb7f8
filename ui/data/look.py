"""The page's own style sheet, and the small pieces of HTML that its parts share."""

import html
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from ui import charts

_STYLE = Path(__file__).parent / "style.css"


def begin() -> None:
    st.html(_STYLE)


def legend(titles: Mapping[str, str]) -> None:
    """One legend for all charts of a section."""
    names = list(titles)
    items = "".join(
        f'<div role="listitem"><span style="background:{charts.class_colour(name, names)}"></span>'
        f"{html.escape(titles[name])}</div>"
        for name in names
    )
    st.html(f'<div class="class-legend" role="list" aria-label="Colours">{items}</div>')


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], label: str) -> None:
    """For a few rows of text, which wraps on a phone where a grid would scroll."""
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    html_table("plain", headings, body, label)


def html_table(kind: str, headings: Sequence[str], body: str, label: str) -> None:
    """A keyboard reaches it, because on a phone it may have to be moved sideways."""
    head = "".join(
        f"<th scope='col'>{html.escape(text)}</th>" if text else "<td></td>" for text in headings
    )
    name = html.escape(label)
    st.html(
        f'<div class="table-room" role="region" tabindex="0" aria-label="{name}">'
        f'<table class="{kind}" aria-label="{name}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def facts(rows: Mapping[str, str]) -> None:
    items = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>"
        for name, value in rows.items()
        if value
    )
    st.html(f'<dl class="facts">{items}</dl>')


def figure(source: str, caption: str, label: str) -> str:
    return (
        f'<figure class="shot"><img src="{source}" alt="{html.escape(label)}">'
        f"<figcaption>{html.escape(caption)}</figcaption></figure>"
    )
