"""A new study: what it begins with, what may vary, what it looks for and for how long."""

from typing import Any

import streamlit as st

from core.domain.training import STEERABLE
from core.domain.tuning import PRUNERS, Parameter
from core.errors import MammolensError
from core.services import studies
from ui import words
from ui.data import command
from ui.train import basis, measures, memory
from ui.train.basis import Basis
from ui.train.tune import space_editor

_PRUNERS = {
    "median": "Those worse than half of the others",
    "hyperband": "Most of them early, the rest step by step",
    "none": "None",
}


def show() -> None:
    with st.container(key="train-tune-new", border=True):
        found = basis.show("tune")
        if found is None:
            return
        try:
            space = space_editor.show(found.config, " ".join(found.words))
        except MammolensError as fault:
            st.error(str(fault), icon=":material/block:")
            return
        _form(found, space)


def _form(found: Basis, space: tuple[Parameter, ...]) -> None:
    first, second, third, fourth, fifth = st.columns([2, 1.6, 1, 2, 1], vertical_alignment="bottom")
    name = first.text_input(
        "Name of the study", _free_name(found), max_chars=64, key=memory.key("tune.name")
    ).strip()
    judged = [one for one in STEERABLE if one.startswith("validation_")]
    metric = second.selectbox(
        "Look for the best",
        judged,
        judged.index(found.config.best) if found.config.best in judged else 0,
        format_func=measures.column,
        key=memory.key("tune.metric"),
        help="Measured on the validation images, in the best epoch of each trial.",
    )
    trials = third.number_input("Trials", 1, 10_000, 20, key=memory.key("tune.trials"))
    pruner = fourth.selectbox(
        "Cut short",
        PRUNERS,
        format_func=_PRUNERS.__getitem__,
        key=memory.key("tune.pruner"),
        help="A trial that falls behind in its first epochs is stopped to save time.",
    )
    workers = fifth.number_input(
        "At once",
        1,
        16,
        1,
        key=memory.key("tune.workers"),
        help="More than one is worth it with several GPUs; else they wait for each other.",
    )
    wishes = {"metric": metric, "trials": int(trials), "pruner": pruner}
    st.caption(
        f"At most {words.count(int(trials), 'network')} of "
        f"{words.count(found.config.total_epochs, 'epoch')} each. The best figure of many is a "
        "little too good: judge the winner on the test part."
    )
    if st.button(
        "Start the study",
        type="primary",
        icon=":material/play_arrow:",
        key=memory.key("tune.start"),
    ):
        _start(name, found, space, wishes, int(workers))
    _command(name, found, space, wishes, int(workers))


def _free_name(found: Basis) -> str:
    wish = found.config.recipe or found.config.model.name
    known = set(studies.names())
    names = (wish, *(f"{wish}-{number}" for number in range(2, 10_000)))
    return next(name for name in names if name not in known)


def _start(
    name: str, found: Basis, space: tuple[Parameter, ...], wishes: dict[str, Any], workers: int
) -> None:
    try:
        studies.create(name, found.config, space, **wishes)
        studies.go_on(name, workers=workers)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/block:")
        return
    st.session_state.pop(memory.key("tune.study"), None)
    st.rerun()


def _command(
    name: str, found: Basis, space: tuple[Parameter, ...], wishes: dict[str, Any], workers: int
) -> None:
    said: list[str | float] = ["tune", name, *found.words]
    for one in space:
        said += ["--vary", f"{one.key}={one.said()}"]
    said += ["--metric", wishes["metric"], "--trials", wishes["trials"]]
    said += ["--pruner", wishes["pruner"], "--workers", workers]
    command.show(said)
