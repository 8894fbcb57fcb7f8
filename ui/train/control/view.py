"""What may be done with a run now: stop, end, go on, copy, move in the queue, delete."""

import html
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core.domain.runs import RunState
from core.errors import MammolensError
from core.services import ending, queue, runs
from core.services.queue import Way
from core.services.run_folders import RunFolder, find_run
from ui import frame, words
from ui.components import press
from ui.data import command
from ui.train import memory, terms
from ui.train.launch import draft

SECONDS = 1.0
# Why it ended so stands beside what can be done about it.
_UNWANTED = (RunState.FAILED, RunState.INTERRUPTED)
_ORDER: dict[Way, tuple[str, str]] = {
    "first": ("To the front", "vertical_align_top"),
    "up": ("Earlier", "arrow_upward"),
    "down": ("Later", "arrow_downward"),
}


def show(run: str) -> None:
    """Looks again while the run goes on; the whole page runs anew when its state changes."""
    state = _state(run)
    if state is not None:
        waits = not state.is_finished()
        st.fragment(_bar, run_every=SECONDS if waits else None)(run, state)


def _state(run: str) -> RunState | None:
    try:
        return find_run(run).status().state
    except MammolensError:
        return None


def _bar(run: str, was: RunState) -> None:
    with frame.calm():
        folder = find_run(run)
        status = folder.status()
        if status.state is not was:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center", key="train-control"):
            _DRAW[status.state](folder)
            _copy(folder)
            if status.state.is_finished():
                _delete(folder)
            _commands(run, status.state)
        if status.reason and status.state in _UNWANTED:
            _reason(status.state, status.reason)
        if status.state is RunState.QUEUED:
            _line(run)


def _reason(state: RunState, reason: str) -> None:
    say = st.error if state is RunState.FAILED else st.info
    say(reason, icon=":material/info:")


def _running(folder: RunFolder) -> None:
    _press("Stop", "stop", folder.id, runs.stop, "stop", tip=_STOP_TIP)


def _stopping(folder: RunFolder) -> None:
    st.caption(":material/hourglass: Stopping after this step, and saving")
    _press(
        "End it now",
        "end",
        folder.id,
        ending.now,
        "dangerous",
        tip="Ends the process at once. What came after its last checkpoint is lost.",
    )


def _queued(folder: RunFolder) -> None:
    _press("Take out of the queue", "stop", folder.id, runs.stop, "close")
    for way, (title, icon) in _ORDER.items():
        _press(title, way, folder.id, partial(queue.move, way=way), icon)


def _ended(folder: RunFolder) -> None:
    _press("Go on", "resume", folder.id, runs.resume, "play_arrow", primary=True)


def _finished(_: RunFolder) -> None:
    """Nothing to stop or to go on with."""


_STOP_TIP = "Finishes the step, saves everything, and ends. It can go on later as if uninterrupted."
_DRAW: dict[RunState, Callable[[RunFolder], None]] = {
    RunState.QUEUED: _queued,
    RunState.RUNNING: _running,
    RunState.STOPPING: _stopping,
    RunState.STOPPED: _ended,
    RunState.INTERRUPTED: _ended,
    RunState.FAILED: _ended,
    RunState.FINISHED: _finished,
}


def _copy(folder: RunFolder) -> None:
    pressed = st.button(
        "Copy with changes",
        icon=":material/content_copy:",
        key=memory.key(f"act.copy.{folder.id}"),
        help="Opens a new run with the same settings, to change what you like.",
    )
    if pressed:
        draft.begin_from(folder.config(), from_run=folder.id)
        st.rerun(scope="app")


def _delete(folder: RunFolder) -> None:
    if st.button("Delete", icon=":material/delete:", key=memory.key(f"act.delete.{folder.id}")):
        _confirm(folder)


@st.dialog("Delete this run?")
def _confirm(folder: RunFolder) -> None:
    size = sum(file.stat().st_size for file in folder.path.rglob("*") if file.is_file())
    sentence = (
        f"**{html.escape(folder.id)}** with its curves, its checkpoint and its model "
        f"({size / 1e6:.0f} MB) is removed for good. Models published from it stay."
    )
    press.confirm(sentence, memory.key("delete"), partial(_remove, folder))


def _remove(folder: RunFolder) -> None:
    runs.delete(folder.id)
    memory.choose_run(None)


def _line(run: str) -> None:
    """Where it stands, and who stands before it."""
    waiting = [folder.id for folder, _ in queue.waiting()]
    if run not in waiting:
        return
    place = waiting.index(run)
    before = f"after {', '.join(waiting[:place][-3:])}" if place else "next to start"
    st.caption(
        f"Place {place + 1} of {words.count(len(waiting), 'waiting run')}: {before}.",
        help=terms.explain("queue"),
    )


def _press(
    title: str,
    name: str,
    run: str,
    act: Callable[[str], Any],
    icon: str,
    *,
    primary: bool = False,
    tip: str | None = None,
) -> None:
    at = memory.key(f"act.{name}.{run}")
    press.show(title, at, partial(act, run), icon, primary=primary, tip=tip)


def _commands(run: str, state: RunState) -> None:
    said = {
        RunState.QUEUED: (["runs", "--move", run, "first"], ["stop", run]),
        RunState.RUNNING: (["stop", run],),
        RunState.STOPPING: (["stop", run, "--now"],),
        RunState.FINISHED: (),
    }.get(state, (["resume", run],))
    ended = (["runs", "--delete", run],) if state.is_finished() else ()
    copied = ["train", "--from", run, "--set", "KEY=VALUE"]
    with st.popover("Command line", icon=":material/terminal:"):
        st.caption("The same from a terminal")
        st.code(command.text(*said, copied, *ended), language="bash", wrap_lines=True)
