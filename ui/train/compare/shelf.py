"""Tags for all picked runs at once, so that a comparison is found again."""

import streamlit as st

from core.errors import MammolensError
from core.services import run_notes
from core.services.run_table import RunRow
from ui import words
from ui.train import memory
from ui.train.watch.notes import known_tags


def show(rows: list[RunRow]) -> None:
    with st.popover("Tag the picked runs", icon=":material/label:"):
        shared = set.intersection(*(set(row.tags) for row in rows))
        st.markdown(
            f"Tags of {words.count(len(rows), 'run')}"
            + (f"; all have {words.joined(sorted(shared))}." if shared else ".")
        )
        tags = st.multiselect(
            "Tags",
            known_tags(),
            key=memory.key("compare.tags"),
            accept_new_options=True,
            placeholder="Choose or write a tag",
        )
        with st.container(horizontal=True):
            add = st.button("Add", disabled=not tags, key=memory.key("compare.tag.add"))
            remove = st.button("Take away", disabled=not tags, key=memory.key("compare.tag.off"))
        if add or remove:
            _write(rows, tags, add=add)


def _write(rows: list[RunRow], tags: list[str], *, add: bool) -> None:
    try:
        for row in rows:
            run_notes.tag(row.path, tags if add else (), () if add else tags)
    except (MammolensError, OSError) as fault:
        st.error(str(fault), icon=":material/error:")
        return
    st.rerun()
