"""A study as it goes on: its best so far, its course, and what may be done with it."""

import html
from functools import partial

import streamlit as st

from core.domain.tuning import StudyPlan, Trial
from core.services import studies
from ui import frame, words
from ui.components import press
from ui.data import command
from ui.train import measures, memory
from ui.train.tune import best, pictures

SECONDS = 2.0
_ACTIVE = ("running", "stopping")


def show(name: str) -> None:
    state = studies.state(name, known(name))
    with st.container():  # what stands above it may come and go
        st.fragment(_look, run_every=SECONDS if state in _ACTIVE else None)(name, state)


def _look(name: str, was: str) -> None:
    with frame.calm():
        plan, trials = studies.plan(name), known(name)
        state = studies.state(name, trials)
        if state != was:
            st.rerun()
        _progress(plan, trials, state)
        found = studies.best(name, trials)
        if found is not None:
            best.show(plan, found)
        _buttons(plan, state)
        pictures.show(plan, trials, active=state in _ACTIVE)
        command.show(("tune", name), ("tune", name, "--best"), ("resume", name))


def known(name: str) -> list[Trial]:
    return _read(name, studies.stamp(name))


@st.cache_data(max_entries=8, show_spinner=False)
def _read(name: str, at: float) -> list[Trial]:
    return studies.trials(name)


def _progress(plan: StudyPlan, trials: list[Trial], state: str) -> None:
    done = sum(trial.state != "running" for trial in trials)
    parts = [f"**{done} of {words.count(plan.trials, 'trial')}**", state]
    kinds = {"running": "under way", "pruned": "cut short", "failed": "failed"}
    for kind, said in kinds.items():
        count = sum(trial.state == kind for trial in trials)
        parts += [f"{count} {said}"] if count else []
    st.progress(min(1.0, done / plan.trials), text=" · ".join(parts))
    if state == "failed":
        st.error(html.escape(studies.problem(plan.name)), icon=":material/error:")
    _under_way(plan, trials)


def _under_way(plan: StudyPlan, trials: list[Trial]) -> None:
    for trial in trials:
        if trial.state != "running" or not trial.run:
            continue
        last = max(trial.curve, default=0)
        now = f": {measures.column(plan.metric)} {words.figure(trial.curve[last])}" if last else ""
        total = plan.training.total_epochs
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.caption(f"Trial {trial.number}, epoch {last} of {total}{now}")
        right.button(
            "Watch",
            icon=":material/monitoring:",
            key=memory.key(f"tune.watch.{trial.number}"),
            on_click=open_run,
            args=(trial.run,),
        )


def open_run(run: str) -> None:
    memory.choose_run(run)
    memory.open_next(memory.RUNS)


def _buttons(plan: StudyPlan, state: str) -> None:
    name = plan.name
    with st.container(horizontal=True, vertical_alignment="bottom", key="train-tune-act"):
        if state == "running":
            press.show("Stop", memory.key("tune.stop"), partial(studies.stop, name), "stop")
        elif state in ("stopped", "interrupted", "failed"):
            go_on = partial(studies.go_on, name)
            press.show("Go on", memory.key("tune.go"), go_on, "play_arrow")
        elif state == "finished":
            more = st.number_input(
                "More trials", 1, 10_000, 10, key=memory.key("tune.how-many"), width=140
            )
            total = plan.trials + int(more)
            try_more = partial(studies.go_on, name, trials=total)
            press.show("Try more", memory.key("tune.more"), try_more, "add")
        if state not in _ACTIVE and st.button(
            "Delete", icon=":material/delete:", key=memory.key(f"tune.del.{name}")
        ):
            _confirm(name)


@st.dialog("Delete this study?")
def _confirm(name: str) -> None:
    sentence = (
        f"**{html.escape(name)}**, what it learned and the runs of all its trials are removed for "
        "good. Models published from them stay."
    )
    press.confirm(sentence, memory.key("tune"), partial(studies.delete, name))
