"""Copies and patients on both sides of a split, with the pairs next to each other."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.services import background, copies_view, gallery
from core.services.background import Errand
from core.services.copies_view import CopiesView
from core.services.prepared_sets import PreparedDataset, class_titles
from ui import frame, words
from ui.data import command, look, memory, terms
from ui.data.split_balance import PARTS
from ui.data.split_designer import NEW

KIND = "leakage"
PER_PAGE = 8
ACROSS, ALL = "On several sides", "All copies"


def show(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    st.caption(terms.explain("leakage"))
    name = dataset.info.name
    if not copies_view.searched(dataset):
        _offer(dataset)
        command.show((KIND, name))
        return
    st.fragment(_report)(dataset)


def _offer(dataset: PreparedDataset) -> None:
    job = background.latest(KIND, dataset.info.name)
    st.markdown(
        "No one has looked for copies in this dataset yet. The search compares every image with "
        "every other that could be the same: turned, mirrored, cropped, compressed anew or "
        "changed in contrast."
    )
    busy = job is not None and job.active
    if st.button(
        "Look for copies",
        type="primary",
        icon=":material/search:",
        disabled=busy,
        key=memory.key("leakage.go"),
    ):
        name = dataset.info.name
        split = _splits(dataset)[0]
        errand = Errand("Comparing images", (KIND, name, "--split", split))
        background.start(KIND, name, f"Looking for copies in “{name}”", [errand])
        st.rerun()


def _splits(dataset: PreparedDataset) -> list[str]:
    """The usual one first."""
    return sorted(dataset.split_names(), key=lambda name: (name != "default", name))


def _report(dataset: PreparedDataset) -> None:
    with frame.calm():
        names = _splits(dataset)
        split = st.selectbox("Split", names, key=memory.key(f"leakage.split.{dataset.info.name}"))
        found = copies_view.view(dataset, split)
        _verdict(dataset.info.name, found, split)
        _patients(dataset, found)
        _pairs(dataset, found)
        command.show((KIND, dataset.info.name, "--split", split))


def _verdict(name: str, found: CopiesView, split: str) -> None:
    copies, patients = found.torn_of("copies"), found.torn_of("patient")
    if not copies and not patients:
        what = (
            f"{words.count(found.groups, 'group')} of copies found, each on one side."
            if found.groups
            else "No copies were found at all."
        )
        st.success(
            f"**Nothing lies on several sides of the split “{split}”.** {what}",
            icon=":material/check:",
        )
        return
    parts = []
    if copies:
        parts.append(words.count(copies, "group of copies", "groups of copies"))
    if patients:
        parts.append(words.count(patients, "patient"))
    lies = "lies" if copies + patients == 1 else "lie"
    st.error(
        f"**{words.joined(parts)} {lies} on several sides of the split “{split}”.** Figures "
        "measured on it are too good.",
        icon=":material/error:",
    )
    if st.button(
        "Make a split that keeps them together",
        type="primary",
        icon=":material/call_split:",
        key=memory.key("leakage.mend"),
    ):
        st.session_state[memory.key(f"split.name.{name}")] = NEW
        memory.open_next("Split")
        st.rerun()


def _patients(dataset: PreparedDataset, found: CopiesView) -> None:
    torn = [one for one in found.torn if one["kind"] == "patient"]
    if not torn:
        return
    with st.expander(
        f"{words.count(len(torn), 'patient')} on several sides", icon=":material/group:"
    ):
        rows = [
            [one["patients"][0], _sides(one["parts"]), ", ".join(one["images"])] for one in torn
        ]
        look.table(("Patient", "Sides", "Images"), rows[:50], "Patients on several sides")
        if len(rows) > 50:
            st.caption(f"The first 50 of {len(rows):,}; the command line lists them all.")


def _sides(parts: list[str]) -> str:
    present = set(parts)
    return words.joined([PARTS[part] for part in PARTS if part in present])


def _pairs(dataset: PreparedDataset, found: CopiesView) -> None:
    if found.pairs.empty:
        return
    across = int(found.pairs["across"].sum())
    shown = found.pairs
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if across:
            which = st.segmented_control(
                "Pairs",
                [ACROSS, ALL],
                default=ACROSS,
                required=True,
                key=memory.key("leakage.which"),
            )
            shown = found.pairs[found.pairs["across"]] if which == ACROSS else found.pairs
        pages = -(-len(shown) // PER_PAGE)
        page = st.number_input(
            f"Page, of {pages}", 1, pages, key=memory.key("leakage.page"), width=130
        )
        st.markdown(f"**{words.count(len(shown), 'pair')}** of images that show the same tissue")
    part = shown.iloc[(int(page) - 1) * PER_PAGE : int(page) * PER_PAGE]
    pairs = "".join(_pair(dataset, row) for row in part.to_dict(orient="records"))
    st.html(f'<div class="pairs">{pairs}</div>')


def _pair(dataset: PreparedDataset, pair: Mapping[Any, Any]) -> str:
    one, other = gallery.tiles(dataset, [pair["one"], pair["other"]], longest=420)
    titles = class_titles(dataset)
    sides = zip((one, other), (pair["one_part"], pair["other_part"]), strict=True)
    figures = "".join(
        look.figure(
            tile.source,
            f"{PARTS.get(part, 'no part')}: {tile.image_id}, {titles[tile.class_name]}",
            f"Image {tile.image_id}",
        )
        for tile, part in sides
    )
    said = [
        f"Agreement of the tissue {pair['agreement']:.2f} of 1",
        "one is mirrored" if pair["mirrored"] else "",
        "the same patient" if pair["same_patient"] else "two different patients",
    ]
    words_below = ", ".join(part for part in said if part)
    flag = " across" if pair["across"] else ""
    return (
        f'<section class="copies{flag}"><div class="pair">{figures}</div>'
        f"<p>{words_below}.</p></section>"
    )
