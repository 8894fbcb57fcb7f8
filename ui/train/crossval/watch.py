"""A cross-validation as it goes on: its folds, and what they say so far."""

import html
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import streamlit as st

from core.domain.runs import RunState
from core.errors import MammolensError
from core.services import crossval, groups
from ui import frame, words
from ui.data import command, look
from ui.evaluate.memory import await_evaluation
from ui.train import job, memory
from ui.train.crossval import found

SECONDS = 2.0
_ACTIVE = ("queued", "running", "stopping")


def show(name: str) -> None:
    if job.show(partial(crossval.preparing, name)):
        return
    state = crossval.describe(groups.read(name))["state"]
    st.fragment(_look, run_every=SECONDS if state in _ACTIVE else None)(name, state)


def _look(name: str, was: str) -> None:
    with frame.calm():
        seen = crossval.describe(groups.read(name))
        if seen["state"] != was and was in _ACTIVE:
            st.rerun()
        _progress(seen)
        _buttons(seen)
        if seen["finished"]:
            found.show(name, seen["finished"])
        _folds(seen)
        _command(seen)


def _progress(seen: dict[str, Any]) -> None:
    count, done = len(seen["runs"]), seen["finished"]
    if done == count:
        return
    working = [item["epoch"] for item in seen["runs"] if item["state"] == "running"]
    within = sum(working) / max(1, seen["epochs"])
    said = f"**{done} of {words.count(count, 'fold')} finished** · {seen['state']}"
    st.progress(min(1.0, (done + min(within, 1.0)) / count), text=said)


def _buttons(seen: dict[str, Any]) -> None:
    name, state = seen["group"], RunState(seen["state"])
    with st.container(horizontal=True, key="train-crossval-act"):
        if state in (RunState.QUEUED, RunState.RUNNING):
            _press("Stop", "stop", partial(crossval.stop, name), "stop")
        elif state is not RunState.FINISHED and state is not RunState.STOPPING:
            _press("Go on", "go", partial(crossval.begin, name), "play_arrow", primary=True)
        if state is RunState.FINISHED and st.button(
            "Evaluate its answers", icon=":material/query_stats:", key=memory.key("cv.evaluate")
        ):
            await_evaluation([name], seen["dataset"])
            st.switch_page("pages/2_Evaluate.py")
        delete = memory.key(f"cv.del.{name}")
        if state.is_finished() and st.button("Delete", icon=":material/delete:", key=delete):
            _confirm(name, len(seen["runs"]))


def _press(
    label: str, key: str, act: Callable[[], Any], icon: str, *, primary: bool = False
) -> None:
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    at = memory.key(f"cv.{key}")
    if st.button(label, icon=f":material/{icon}:", key=at, type=kind):
        try:
            act()
        except MammolensError as fault:
            st.error(str(fault), icon=":material/error:")
            return
        st.rerun()


@st.dialog("Delete this cross-validation?")
def _confirm(name: str, count: int) -> None:
    st.markdown(
        f"**{html.escape(name)}** and its {words.count(count, 'run')}, with their networks, are "
        "removed for good."
    )
    yes, no = st.columns(2)
    if yes.button("Delete it", type="primary", key=memory.key("cv.yes"), width="stretch"):
        crossval.delete(name)
        st.rerun()
    if no.button("Keep it", key=memory.key("cv.no"), width="stretch"):
        st.rerun()


def _folds(seen: dict[str, Any]) -> None:
    several = len(seen["seeds"]) > 1
    heads = (*(("Repetition",) if several else ()), "Fold", "State", "Epoch", "Best", "Run")
    rows = [
        (
            *((f"seed {item['seed']}",) if several else ()),
            str(item["fold"]),
            f"{item['state']}. {item['reason']}".removesuffix(". "),
            f"{item['epoch']} of {seen['epochs']}",
            _best(item["best"]),
            item["run"],
        )
        for item in seen["runs"]
    ]
    with st.expander("Folds", icon=":material/view_list:", expanded=seen["finished"] < len(rows)):
        look.table(heads, rows, "Folds")


def _best(best: dict[str, Any] | None) -> str:
    if best is None:
        return ""
    name = best["metric"].replace("_", " ")
    return f"{name} {words.figure(best['value'])}, epoch {best['epoch']}"


def _command(seen: dict[str, Any]) -> None:
    command.show(("crossval", seen["group"]), ("resume", seen["group"]))
