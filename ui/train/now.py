"""What is at work at this moment, on top of the page whichever room is open."""

import html

import streamlit as st

from core.domain.runs import RunState
from core.services import run_table
from core.services.run_table import RunRow
from ui import frame, words
from ui.train import memory

SECONDS = 1.0
_AT_WORK = (RunState.RUNNING, RunState.STOPPING)
MOST = 3


def show() -> None:
    busy = run_table.active(run_table.rows())
    # A place of its own, so that what stands below keeps its place when this is empty.
    with st.container():
        st.fragment(_look, run_every=SECONDS if busy else None)(busy)


def _look(was_busy: bool) -> None:
    with frame.calm():
        rows = run_table.rows()
        if run_table.active(rows) != was_busy:
            st.rerun()
        working = [row for row in rows if row.state in _AT_WORK]
        waiting = sum(row.state is RunState.QUEUED for row in rows)
        if not working and not waiting:
            return
        with st.container(key="train-now", border=True):
            for row in working[:MOST]:
                _run(row)
            _rest(len(working) - MOST, waiting)


def _run(row: RunRow) -> None:
    left, right = st.columns([7, 1], vertical_alignment="center")
    with left:
        st.html(f'<p class="now">{_said(row)}</p>')
        st.progress(row.progress)
    with right:
        st.button(
            "Watch",
            icon=":material/monitoring:",
            key=memory.key(f"now.{row.id}"),
            on_click=_open,
            args=(row.id,),
            width="stretch",
        )


def _open(run: str) -> None:
    memory.choose_run(run)
    memory.open_next(memory.RUNS)


def _said(row: RunRow) -> str:
    status = row.status
    parts = [f"epoch {min(status.epoch + 1, row.epochs)} of {row.epochs}", status.doing.lower()]
    if row.state is RunState.STOPPING:
        parts = ["stopping after this step"]
    elif row.seconds_left:
        parts.append(f"about {words.duration(row.seconds_left)} left")
    if status.best:
        name = status.best.metric.replace("_", " ")
        parts.append(f"best {name} {words.figure(status.best.value)}")
    said = "".join(f"<span>{html.escape(part)}</span>" for part in parts if part)
    return f"<strong>{html.escape(row.name)}</strong>{said}"


def _rest(more: int, waiting: int) -> None:
    parts = [words.count(more, "more run") + " at work"] if more > 0 else []
    parts += [words.count(waiting, "run") + " in the queue"] if waiting else []
    if parts:
        st.caption(f"{words.joined(parts)}.")
