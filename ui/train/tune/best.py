"""The best trial so far: its figure, its settings, and what it can become."""

import streamlit as st

from core.domain.tuning import StudyPlan, Trial
from core.errors import MammolensError
from core.services import presets, studies
from ui import charts_tuning, words
from ui.data import look
from ui.train import measures, memory
from ui.train.launch import draft
from ui.train.tune.titles import title


def show(plan: StudyPlan, trial: Trial) -> None:
    value = words.figure(trial.value or 0.0)
    st.markdown(
        f"**Best {measures.column(plan.metric)}: {value}** in trial {trial.number}, chosen among "
        "trials on the same validation images.",
        help="Many tries find a lucky one. The test part, which no trial has seen, tells how good "
        "these settings really are.",
    )
    rows = [
        (title(key), charts_tuning.plain(value), _before(plan, key))
        for key, value in trial.values.items()
    ]
    look.table(("Setting", "Best", "Before"), rows, "Best settings")
    with st.container(horizontal=True, key="train-tune-best"):
        if st.button(
            "Begin a run with it",
            type="primary",
            icon=":material/rocket_launch:",
            key=memory.key("tune.best.run"),
            help="Opens “New run” with these settings.",
        ):
            draft.begin_from(studies.configuration(plan.name, trial), from_run=trial.run or None)
            st.rerun(scope="app")
        _preset(plan, trial)
        st.button(
            "Look at its run",
            icon=":material/monitoring:",
            key=memory.key("tune.best.look"),
            on_click=_open,
            args=(trial.run,),
        )


def _before(plan: StudyPlan, key: str) -> str:
    return charts_tuning.plain(studies.present_value(plan.training, key))


def _open(run: str) -> None:
    memory.choose_run(run)
    memory.open_next(memory.RUNS)


def _preset(plan: StudyPlan, trial: Trial) -> None:
    with st.popover("Keep as preset", icon=":material/bookmark_add:"):
        name = st.text_input(
            "Name of the preset", f"{plan.name}-best", key=memory.key("tune.best.name")
        )
        if st.button("Keep it", key=memory.key("tune.best.keep")):
            try:
                presets.save(name.strip(), studies.configuration(plan.name, trial))
            except MammolensError as fault:
                st.error(str(fault), icon=":material/error:")
                return
            st.success(f"Kept as “{name}”.", icon=":material/check:")
