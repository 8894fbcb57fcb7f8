"""A cross-validation as it goes on: its folds, and what they say so far."""

import html
from functools import partial
from typing import Any

import streamlit as st

from core.domain.runs import RunState
from core.services import crossval, groups
from ui import frame, words
from ui.components import press
from ui.data import command, look
from ui.evaluate.memory import await_evaluation
from ui.train import job, memory
from ui.train.crossval import found
from ui.train.publish import view as publish

SECONDS = 2.0
_ACTIVE = ("queued", "running", "stopping")


def show(name: str) -> None:
    if job.show(partial(crossval.preparing, name)):
        return
    state = crossval.describe(groups.read(name))["state"]
    with st.container():  # what stands above it may come and go
        st.fragment(_look, run_every=SECONDS if state in _ACTIVE else None)(name, state)
    if RunState(state) is RunState.FINISHED:
        with st.container(key="train-crossval-publish"):
            publish.of_group(name)


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
            press.show("Stop", memory.key("cv.stop"), partial(crossval.stop, name), "stop")
        elif state is not RunState.FINISHED and state is not RunState.STOPPING:
            go_on = partial(crossval.begin, name)
            press.show("Go on", memory.key("cv.go"), go_on, "play_arrow", primary=True)
        if state is RunState.FINISHED and st.button(
            "Evaluate its answers", icon=":material/query_stats:", key=memory.key("cv.evaluate")
        ):
            await_evaluation([name], seen["dataset"])
            st.switch_page("pages/2_Evaluate.py")
        delete = memory.key(f"cv.del.{name}")
        if state.is_finished() and st.button("Delete", icon=":material/delete:", key=delete):
            _confirm(name, len(seen["runs"]))


@st.dialog("Delete this cross-validation?")
def _confirm(name: str, count: int) -> None:
    sentence = (
        f"**{html.escape(name)}** and its {words.count(count, 'run')}, with their networks, are "
        "removed for good."
    )
    press.confirm(sentence, memory.key("cv"), partial(crossval.delete, name))


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
