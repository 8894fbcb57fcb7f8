"""The charts of a study, and its trials as a table."""

from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.domain.tuning import StudyPlan, Trial
from core.services import studies
from ui import charts, charts_tuning, words
from ui.train import measures, memory
from ui.train.tune.titles import title

_STATES = {"running": "under way", "complete": "to its end", "pruned": "cut short"}


def show(plan: StudyPlan, trials: list[Trial], *, active: bool) -> None:
    done = [trial for trial in trials if trial.state == "complete"]
    if not any(trial.value is not None for trial in trials):
        st.caption("Charts appear when the first trial has ended.")
        return
    measure = measures.column(plan.metric)
    draw = partial(_draw, plan.name)
    draw("history", "Course of the search", charts_tuning.history(trials, plan.metric, measure))
    left, right = st.columns(2, gap="large")
    with left:
        # Reckoning takes seconds; while trials come in, every fifth is enough.
        _importance(plan, len(done) // 5 * 5 if active and len(done) > 5 else len(done))
    with right:
        _slice(plan, trials, measure)
    if len(done) >= 2:
        figure = charts_tuning.parallel(trials, plan.space, plan.metric, measure)
        told = "A line a trial, the brighter the better. Drag along an axis to pick out some."
        with st.container(key="train-tune-parallel"):
            draw("parallel", "Settings together", figure, told)
    _table(plan, trials)


def _draw(study: str, key: str, title: str, figure: go.Figure, told: str = "") -> None:
    st.markdown(f"**{title}**")
    if told:
        st.caption(told)
    st.plotly_chart(figure, config=charts.CONFIG, key=memory.key(f"tune.{key}.{study}"))


def _importance(plan: StudyPlan, done: int) -> None:
    shares = _shares(plan.name, done)
    if not shares:
        st.markdown("**What mattered**")
        st.caption("Four trials that ran to their end are needed to tell.")
        return
    told = "How much of the differences between trials each setting explains. Rough with few."
    _draw(plan.name, "importance", "What mattered", charts_tuning.importance(shares, title), told)


@st.cache_data(max_entries=32, show_spinner=False)
def _shares(study: str, done: int) -> dict[str, float]:
    return studies.importance(study)


def _slice(plan: StudyPlan, trials: list[Trial], measure: str) -> None:
    space = {one.key: one for one in plan.space}
    key = st.selectbox(
        "One setting", list(space), format_func=title, key=memory.key(f"tune.slice.{plan.name}")
    )
    chart = charts_tuning.slices(trials, space[key], measure, title)
    st.plotly_chart(
        chart, config=charts.CONFIG, key=memory.key(f"tune.slice-chart.{plan.name}.{key}")
    )


def _table(plan: StudyPlan, trials: list[Trial]) -> None:
    rows = [
        {
            "Trial": trial.number,
            "State": _STATES.get(trial.state, trial.state),
            measures.column(plan.metric): trial.value,
            "Epochs": len(trial.curve),
            "Took": words.duration(trial.seconds) if trial.seconds else "",
            **{title(key): charts_tuning.plain(value) for key, value in trial.values.items()},
            "Run": trial.run,
            "Problem": trial.problem,
        }
        for trial in reversed(trials)
    ]
    with st.expander(words.count(len(rows), "trial"), icon=":material/table_rows:"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Trials")
