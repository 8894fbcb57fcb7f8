"""Many images as a table, the most suspicious first; one is opened while the rest is read."""

import hashlib

import streamlit as st

from core.errors import MammolensError
from core.services import diagnose, worklist
from core.services.catalogue import Bundle
from core.services.gathering import Item, expand
from core.services.worklist import Row, Worklist
from ui import frame, state, words
from ui.state import OpenCase

HERE, THERE = "Files of mine", "A folder or zip on the server"
MOST_MEGABYTES = 500
EVERY = 1.5
# An empty picture, where the table would write "None".
_NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
_STATUS = {
    "fit": "as expected",
    "doubtful": "doubtful image",
    "unfit": "not a mammogram",
    "unreadable": "not readable",
}


def show(key: str, model: Bundle | None) -> OpenCase | None:
    """The table, and the image that was opened from it."""
    _begin(key, model)
    found = state.worklist()
    if found is None:
        st.info(
            "A worklist sorts many images by suspicion. Choose files, or name a folder, then "
            "press **Read all**.",
            icon=":material/list_alt:",
        )
        return None
    _table(key, found)
    return state.opened_row()


def _begin(key: str, model: Bundle | None) -> None:
    origin = st.segmented_control(
        "Images", [HERE, THERE], default=HERE, required=True, key=f"{key}.from",
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    uploads = _uploads(key) if origin == HERE else []
    path = _path(key) if origin == THERE else ""
    ready = bool(model and (uploads or path))
    if st.button("Read all", type="primary", icon=":material/play_arrow:", disabled=not ready,
                 key=f"{key}.start") and model:  # fmt: skip
        try:
            items = worklist.bounded(uploads) if origin == HERE else worklist.from_path(path)
        except MammolensError as fault:
            st.error(str(fault), icon=":material/error:")
            return
        state.keep_worklist(worklist.start(items, model.name))


def _uploads(key: str) -> list[Item]:
    files = st.file_uploader(
        f"Images or zips, up to {MOST_MEGABYTES} MB in all",
        accept_multiple_files=True,
        max_upload_size=MOST_MEGABYTES,
        key=f"{key}.files",
        help="They are kept in the server's memory while this page is open and never written to "
        "disk. For more, put them into a folder on the server.",
    )
    size = sum(file.size for file in files)
    if size > MOST_MEGABYTES * 1e6:
        st.error(
            f"These are {size / 1e6:,.0f} MB; allowed are {MOST_MEGABYTES} MB. Take some away, or "
            "put them into a folder on the server.",
            icon=":material/error:",
        )
        return []
    try:
        return [item for file in files for item in expand(file.name, file.getvalue())]
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return []


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


def _table(key: str, found: Worklist) -> None:
    """Looks again by itself only as long as something is going on."""
    going = found.task.going
    st.fragment(_drawn, run_every=EVERY if going else None)(key, found, began=going)


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
        st.download_button(
            "Table (CSV)",
            data=lambda: worklist.as_csv(found.sorted(), found.model),
            file_name="worklist.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"{key}.csv",
            on_click="ignore",
            disabled=not found.rows,
        )


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
    st.dataframe(
        [
            {
                "": row.thumbnail or _NOTHING,
                "File": found.short(row),
                "Answer": row.title or "no answer",
                "Suspicion": row.suspicion,
                "Image": _STATUS[row.status],
                "Look twice": row.flagged,
                "Note": row.notes,
            }
            for row in rows
        ],
        key=f"{key}.rows",
        hide_index=True,
        row_height=64,
        height=min(520, 42 + 64 * len(rows)),
        on_select=lambda: _open(key),
        selection_mode="single-row",
        column_config={
            "": st.column_config.ImageColumn(width=60),
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


def _open(key: str) -> None:
    st.session_state[f"{key}.changed"] = True
    chosen = st.session_state[f"{key}.rows"]["selection"]["rows"]
    order: list[Row] = st.session_state.get(f"{key}.order", [])
    if not chosen or chosen[0] >= len(order):
        state.keep_opened_row(None)
        return
    row = order[chosen[0]]
    try:
        source = row.item.read()
        mammogram = diagnose.preview(source, row.name)
    except MammolensError:
        state.keep_opened_row(None)  # its row says why
        return
    digest = hashlib.sha256(mammogram.pixels.tobytes()).hexdigest()[:16]
    state.keep_opened_row(OpenCase(f"worklist:{digest}", row.name, mammogram))
