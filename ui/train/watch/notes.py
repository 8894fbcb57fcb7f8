"""Tags and a note on a run: written here, found again by the search of every table."""

import streamlit as st

from core.errors import MammolensError
from core.services import run_notes, run_table
from core.services.run_table import RunRow
from ui.train import memory


def show(run_id: str) -> None:
    row = run_table.row(run_id)
    if row is None:
        return
    with st.expander(_title(row), icon=":material/label:", key=memory.key("watch.notes")):
        _tags(row)
        _note(row)


def _title(row: RunRow) -> str:
    parts = [*row.tags, row.note.splitlines()[0][:60] if row.note else ""]
    said = ", ".join(part for part in parts if part)
    return f"Tags and note: {said}" if said else "Tags and note"


def _tags(row: RunRow) -> None:
    key = memory.key(f"watch.tags.{row.id}.{','.join(row.tags)}")
    wanted = st.multiselect(
        "Tags",
        known_tags(row.tags),
        list(row.tags),
        key=key,
        accept_new_options=True,
        placeholder="Choose or write a tag",
    )
    if set(wanted) != set(row.tags):
        add = [tag for tag in wanted if tag not in row.tags]
        remove = [tag for tag in row.tags if tag not in wanted]
        if _kept(lambda: run_notes.tag(row.path, add, remove)):
            st.rerun()


def known_tags(own: tuple[str, ...] = ()) -> list[str]:
    """Of all runs, so that the same word is used again."""
    every = {tag for row in run_table.rows() for tag in row.tags}
    return sorted(every | set(own), key=str.casefold)


def _note(row: RunRow) -> None:
    at = memory.key(f"watch.note.{row.id}")
    with st.form(at, border=False):
        text = st.text_area(
            "Note", row.note, max_chars=run_notes.LONGEST_NOTE, key=f"{at}.{hash(row.note)}"
        )
        if st.form_submit_button("Keep the note") and _kept(
            lambda: run_notes.set_note(row.path, text)
        ):
            st.rerun()


def _kept(write: object) -> bool:
    try:
        if callable(write):
            write()
    except (MammolensError, OSError) as fault:
        st.error(str(fault), icon=":material/error:")
        return False
    return True
