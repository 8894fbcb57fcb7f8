"""A new cross-validation: with which settings, how many folds, how often."""

from typing import Any

import streamlit as st

from core.errors import MammolensError
from core.services import crossval
from ui import words
from ui.data import command, stock
from ui.train import basis, memory
from ui.train.basis import Basis

NOTHING = "Nothing"


def show() -> None:
    with st.container(key="train-crossval-new", border=True):
        found = basis.show("crossval")
        if found is not None:
            _form(found)


def _form(found: Basis) -> None:
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    folds = first.number_input(
        "Folds",
        2,
        50,
        crossval.FOLDS,
        key=memory.key("crossval.folds"),
        help="As many networks are trained, each without one of the folds.",
    )
    times = second.number_input(
        "Repetitions",
        1,
        20,
        1,
        key=memory.key("crossval.times"),
        help="Each deals the patients anew and trains with a seed of its own: it shows how much "
        "of the spread is chance.",
    )
    share = third.slider(
        "Validation",
        5,
        50,
        round(100 * crossval.VALIDATION),
        format="%d%%",
        key=memory.key("crossval.validation"),
        help="Of the images learned from. It chooses the best epoch and the decision line; the "
        "held-out fold chooses nothing.",
    )
    kept = fourth.selectbox(
        "Keep aside",
        [NOTHING, *stock.dataset(found.config.dataset).split_names()],
        format_func=lambda name: name if name == NOTHING else f"The test part of “{name}”",
        key=memory.key("crossval.keep"),
        help="With nothing kept aside every image is held out once. A test part that takes no "
        "part here stays untouched for the final figures.",
    )
    asked: dict[str, Any] = {
        "folds": int(folds),
        "seeds": tuple(range(int(times))),
        "validation": share / 100,
        "keep_test": "" if kept == NOTHING else kept,
    }
    runs = asked["folds"] * len(asked["seeds"])
    st.caption(
        f"{words.count(runs, 'network')} of {words.count(found.config.total_epochs, 'epoch')} "
        "each, one after the other in the queue. Patients and known copies stay together."
    )
    if st.button(
        "Start cross-validation",
        type="primary",
        icon=":material/play_arrow:",
        key=memory.key("crossval.start"),
    ):
        _start(found, asked)
    _command(found, asked)


def _start(found: Basis, asked: dict[str, Any]) -> None:
    try:
        group = crossval.plan(found.config, **asked)
        crossval.begin(group.id)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/block:")
        return
    st.session_state.pop(memory.key("crossval.group"), None)
    st.rerun()


def _command(found: Basis, asked: dict[str, Any]) -> None:
    said: list[str | float] = ["crossval", *found.words, "--folds", asked["folds"]]
    said += ["--seeds", *asked["seeds"], "--validation", asked["validation"]]
    said += ["--keep-test", asked["keep_test"]] if asked["keep_test"] else []
    command.show(said)
