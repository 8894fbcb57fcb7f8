"""The worklist as a table, the most suspicious first; one is opened while the rest is read."""

import hashlib
from dataclasses import replace

import streamlit as st

from core.errors import MammolensError
from core.services import diagnose, exam_reading, exam_views, gathering, worklist
from core.services.gathering import Item
from core.services.worklist import Worklist
from core.services.worklist_row import Row
from ui import frame, state, words
from ui.state import ExamView, OpenCase

EVERY = 1.5
# An empty picture, where the table would write "None".
_NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_STATUS = {
    "fit": "as expected",
    "doubtful": "doubtful image",
    "unfit": "not a mammogram",
    "unreadable": "not readable",
}


def show(key: str, found: Worklist) -> None:
    """Looks again by itself only as long as something is going on."""
    going = found.task.going
    st.fragment(_drawn, run_every=EVERY if going else None)(key, found, began=going)
    # Outside of what is drawn anew all the time, or a click would ask for a file that is replaced.
    st.download_button(
        "Table (CSV)",
        data=lambda: worklist.as_csv(found.sorted(), found.model),
        file_name="worklist.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"{key}.csv",
        on_click="ignore",
    )


def _drawn(key: str, found: Worklist, *, began: bool) -> None:
    with frame.calm():
        going = found.task.going
        if began and not going:
            st.rerun()
        _progress(key, found, going=going)
        rows = _filtered(key, found.sorted())
        _rows(key, found, rows)
        if st.session_state.pop(f"{key}.changed", False):
            st.rerun()  # the image is drawn below the table, by the rest of the page


def _progress(key: str, found: Worklist, *, going: bool) -> None:
    done = len(found.rows)
    if going:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(done / max(1, found.total), text=f"Read {done:,} of {found.total:,}")
            st.button("Stop", icon=":material/stop:", key=f"{key}.stop", on_click=found.task.stop)
        return
    if found.task.fault and not found.task.stopped:
        st.error(str(found.task.fault), icon=":material/error:")
    ended = "Stopped after" if found.task.stopped and done < found.total else "Read"
    unread = sum(row.status == "unreadable" for row in found.rows)
    more = f"; {words.count(unread, 'file')} could not be read" if unread else ""
    st.caption(f"{ended} {done:,} of {words.count(found.total, 'image')}{more}.")


def _filtered(key: str, rows: list[Row]) -> list[Row]:
    titles = sorted({row.title for row in rows if row.title})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        answers = st.multiselect("Answer", titles, key=f"{key}.answers", placeholder="All")
        states = st.multiselect(
            "Image",
            list(_STATUS),
            format_func=lambda name: _STATUS[name],
            key=f"{key}.states",
            placeholder="All",
        )
    return [
        row
        for row in rows
        if (not answers or row.title in answers) and (not states or row.status in states)
    ]


def _rows(key: str, found: Worklist, rows: list[Row]) -> None:
    if not rows:
        st.caption("Nothing to show yet.")
        return
    # What a click means is settled by the order on the screen when it was made.
    st.session_state[f"{key}.order"] = rows
    _keep_tick(key, rows)
    st.dataframe(
        [_cells(found, row) for row in rows],
        key=f"{key}.rows",
        hide_index=True,
        row_height=64,
        height=min(520, 42 + 64 * len(rows)),
        on_select=lambda: _open(key),
        selection_mode="single-row",
        column_config={
            "": st.column_config.ImageColumn(width=60),
            "File": st.column_config.TextColumn(width="medium"),
            "Look twice": st.column_config.CheckboxColumn(
                help="Flagged by itself, because the answer is not sure. The note says why."
            ),
            "Suspicion": st.column_config.ProgressColumn(
                min_value=0.0,
                max_value=1.0,
                format="percent",
                help="The probability that the decision line is held to.",
            ),
        },
    )
    st.caption("Tick a row to open its image below.")


def _cells(found: Worklist, row: Row) -> dict[str, object]:
    return {
        "": row.thumbnail or _NOTHING,
        "File": found.short(row),
        "Answer": row.title or "no answer",
        "Suspicion": row.suspicion,
        "Image": _STATUS[row.status],
        "Look twice": row.flagged,
        "Note": row.notes,
    }


def _keep_tick(key: str, rows: list[Row]) -> None:
    """The tick belongs to a file, whatever row that is in now."""
    chosen: Item | None = st.session_state.get(f"{key}.chosen")
    wanted = [place for place, row in enumerate(rows) if row.item is chosen]
    if wanted != _ticked(key):
        selection = {"rows": wanted, "columns": [], "cells": []}
        st.session_state[f"{key}.rows"] = {"selection": selection}


def untick(key: str) -> None:
    st.session_state.pop(f"{key}.chosen", None)


def _ticked(key: str) -> list[int]:
    kept = st.session_state.get(f"{key}.rows")
    return list(kept["selection"]["rows"]) if kept else []


def _open(key: str) -> None:
    order: list[Row] = st.session_state.get(f"{key}.order", [])
    chosen = [order[place] for place in _ticked(key) if place < len(order)]
    if chosen and chosen[0].item is st.session_state.get(f"{key}.chosen"):
        return  # moved with its file, by nobody's hand
    st.session_state[f"{key}.changed"] = True
    st.session_state[f"{key}.chosen"] = chosen[0].item if chosen else None
    state.keep_opened_row(_opened(chosen[0]) if chosen else None)


def _opened(row: Row) -> OpenCase | None:
    """With the views of its exam, where it was read with others."""
    if not row.together:
        return _case(row.item)
    views = {item: view for item in row.together if (view := _view(item))}
    if row.item not in views:
        return None
    return replace(views[row.item].case, together=tuple(views.values()))


def _view(item: Item) -> ExamView | None:
    case = _case(item)
    if case is None:
        return None
    # The model may want it decoded otherwise than the screen.
    data = gathering.content(item.read())
    side, view = exam_reading.recognise(item.name, case.mammogram)
    return ExamView(replace(case, data=data), side, view, *exam_views.whose(item.name, data))


def _case(item: Item) -> OpenCase | None:
    try:
        mammogram = diagnose.preview(item.read(), item.name)
    except MammolensError:
        return None  # its row says why
    digest = hashlib.sha256(mammogram.pixels.tobytes()).hexdigest()[:16]
    return OpenCase(f"worklist:{digest}", item.name, mammogram)
