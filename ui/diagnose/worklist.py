"""Many images: brought by the browser or named by a path, read one after another."""

from collections.abc import Callable

import streamlit as st

from core.errors import MammolensError
from core.services import tray_items, worklist
from core.services.catalogue import Bundle
from core.services.gathering import Item
from ui import state, words
from ui.components import many_files
from ui.diagnose import worklist_table
from ui.state import OpenCase

HERE, THERE = "Files of mine", "A folder or zip on the server"


def show(key: str, model: Bundle | None) -> OpenCase | None:
    """The table, and the image that was opened from it."""
    _begin(key, model)
    found = state.worklist()
    if found is None:
        st.info(
            "A worklist sorts many images by suspicion. Choose files, which are read as soon as "
            "they are here, or name a folder and press **Read all**.",
            icon=":material/list_alt:",
        )
        return None
    worklist_table.show(key, found)
    return state.opened_row()


def _begin(key: str, model: Bundle | None) -> None:
    origin = st.segmented_control(
        "Images", [HERE, THERE], default=HERE, required=True, key=f"{key}.from",
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    if origin == HERE:
        _sent(key, model)
    else:
        _named(key, model)


def _sent(key: str, model: Bundle | None) -> None:
    tray = state.tray()
    told = many_files.show(f"{key}.files", tray)
    if told.removed:
        state.empty_tray()
        worklist_table.untick(key)
        state.keep_worklist(None)
        st.rerun()
    files = tray.files()
    st.caption(
        "The files wait in a private folder of the server and are removed when this page is "
        "closed, or with **Remove all**."
    )
    begin = told.arrived
    if files and not told.arrived and _unread(key, tray.key, len(files), model):
        begin = st.button(
            f"Read {words.count(len(files), 'file')}",
            type="primary",
            icon=":material/play_arrow:",
            disabled=model is None,
            key=f"{key}.read",
        )
    if model and files and begin:
        _start(key, tray.key, lambda: tray_items.items(tray), model)


def _unread(key: str, source: str, files: int, model: Bundle | None) -> bool:
    """Whether there is more to read than is read or being read."""
    found = state.worklist() if st.session_state.get(f"{key}.source") == source else None
    if found is None or model is None or found.model != model.name or found.total < files:
        return True
    return not found.task.going and len(found.rows) < found.total


def _named(key: str, model: Bundle | None) -> None:
    path = _path(key)
    pressed = st.button(
        "Read all",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not (path and model),
        key=f"{key}.start",
    )
    if pressed and model:
        _start(key, path, lambda: worklist.from_path(path), model)


def _start(key: str, source: str, gather: Callable[[], list[Item]], model: Bundle) -> None:
    """What the list before it has read already is kept."""
    try:
        items = worklist.bounded(gather())
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    before, opened = state.worklist(), state.opened_row()
    exams = model.card.kind == "exam"
    begun = worklist.start(items, model.name, before, exams=exams)
    if not begun.goes_on:
        worklist_table.untick(key)
    st.session_state[f"{key}.source"] = source
    state.keep_worklist(begun, opened=opened if begun.goes_on else None)


def _path(key: str) -> str:
    return str(
        st.text_input(
            "Path on the server",
            key=f"{key}.path",
            placeholder="/data/exams or /data/exams.zip",
            persist_state="session",
            help="Files are read where they are, one at a time, however many there are.",
        )
    )
