"""All images of the dataset, a page at a time, with their findings drawn."""

import pandas as pd
import streamlit as st

from core.services import gallery
from core.services.gallery import Wish
from core.services.prepared_sets import PreparedDataset, class_titles
from ui import words
from ui.data import command, filters, gallery_grid, lightbox, memory

# The least width of a picture, in the page's own unit.
SIZES = {"Small": 7.0, "Medium": 10.5, "Large": 16.0}
PER_PAGE = {"Small": 96, "Medium": 48, "Large": 24}


def show(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    st.fragment(_browse)(dataset, facts)


def _browse(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    """A fragment: turning a page runs nothing else of the page."""
    facts = _with_part(dataset, facts)
    above = st.container()
    bar = st.container(horizontal=True, vertical_alignment="bottom", key="gallery-bar")
    with above:
        wish = filters.show(dataset, facts, bar)
    rows = gallery.find(facts, wish)
    with bar:
        size, findings = _look()
        page = _pager(len(rows), PER_PAGE[size], wish)
    if not len(rows):
        st.info("No image is like that. Take away a filter.", icon=":material/search_off:")
        return
    shown = rows[page * PER_PAGE[size] : (page + 1) * PER_PAGE[size]].tolist()
    pressed = gallery_grid.show(
        memory.key("gallery.grid"),
        gallery.tiles(dataset, shown),
        class_titles(dataset),
        findings=findings,
        side=SIZES[size],
    )
    if pressed is not None and pressed in shown:
        lightbox.show(dataset, [int(row) for row in rows], int(pressed))
    command.show(_command(dataset.info.name, wish, page, PER_PAGE[size]))


def _with_part(dataset: PreparedDataset, facts: pd.DataFrame) -> pd.DataFrame:
    names = dataset.split_names()
    if not names:
        return facts
    part = dataset.split("default" if "default" in names else names[0])
    order = ["train", "validation", "test"]
    return facts.assign(part=pd.Categorical(part.to_numpy(), order))


def _look() -> tuple[str, bool]:
    size = st.segmented_control(
        "Pictures",
        list(SIZES),
        default="Medium",
        required=True,
        key=memory.key("gallery.size"),
        label_visibility="collapsed",
        persist_state="session",
    )
    findings = st.toggle(
        "Draw the findings", True, key=memory.key("gallery.findings"), persist_state="session"
    )
    return size, findings


def _pager(found: int, per_page: int, wish: Wish) -> int:
    """The page, from 0. Another wish begins with the first page."""
    pages = max(1, -(-found // per_page))
    at, asked = memory.key("gallery.page"), memory.key("gallery.asked")
    if st.session_state.get(asked) != wish:
        st.session_state[asked] = wish
        st.session_state[at] = 1
    st.session_state[at] = min(max(1, st.session_state.get(at, 1)), pages)
    st.space("stretch")
    st.markdown(f"{words.count(found, 'image')}, page")
    _turner("Previous page", "chevron_left", at, -1, disabled=st.session_state[at] <= 1)
    page = st.number_input("Page", 1, pages, key=at, width=110, label_visibility="collapsed")
    st.markdown(f"of {pages:,}")
    _turner("Next page", "chevron_right", at, 1, disabled=st.session_state[at] >= pages)
    return int(page) - 1


def _turner(label: str, icon: str, at: str, by: int, *, disabled: bool) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=memory.key(f"icon.turn{by}"),
        disabled=disabled,
        on_click=_turn,
        args=(at, by),
    )


def _turn(at: str, by: int) -> None:
    st.session_state[at] += by


def _command(name: str, wish: Wish, page: int, per_page: int) -> list[str | float]:
    said: list[str | float] = ["gallery", name]
    for fact, values in wish.values.items():
        for value in values:
            said += ["--part", value] if fact == "part" else ["--where", f"{fact}={value}"]
    if wish.ages:
        said += ["--ages", *wish.ages]
    if wish.with_finding is not None:
        said.append("--with-finding" if wish.with_finding else "--without-finding")
    if wish.text:
        said += ["--text", wish.text]
    if wish.order != "place":
        said += ["--order", wish.order]
    if wish.descending:
        said.append("--descending")
    return [*said, "--page", page + 1, "--per-page", per_page, "--out", "page.png"]
