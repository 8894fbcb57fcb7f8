"""What a cross-validation says: from fold to fold, and all held-out answers together."""

import streamlit as st

from core.domain.groups import CrossResult
from core.services import groups, out_of_fold
from ui import charts, charts_crossval, words
from ui.data import look
from ui.train import memory

_HEADLINES = ("auc", "macro_auc", "balanced_accuracy", "accuracy")
RESAMPLES = 1000  # as on the card of a model that is published of it


def show(name: str, finished: int) -> None:
    found = _result(name, finished)
    _answer(found)
    names = [one for one in out_of_fold.SHOWN if one in found.spread]
    several = len({fold.seed for fold in found.folds}) > 1
    each = {
        one: [
            (f"fold {fold.fold}" + (f", seed {fold.seed}" if several else ""), fold.figures[one])
            for fold in found.folds
            if one in fold.figures
        ]
        for one in names
    }
    chart = charts_crossval.folds(names, each, found.pooled)
    st.plotly_chart(chart, config=charts.CONFIG, key=memory.key(f"cv.chart.{name}"))
    _table(found, names)
    if found.notes:
        st.caption("  \n".join(note.replace("_", " ") for note in found.notes))


@st.cache_data(max_entries=32, show_spinner="Measuring")
def _result(name: str, finished: int) -> CrossResult:
    return out_of_fold.result(groups.read(name), resamples=RESAMPLES)


def _answer(found: CrossResult) -> None:
    name = next((one for one in _HEADLINES if one in found.spread), None)
    if name is None:
        return
    spread, pooled = found.spread[name], found.pooled.get(name)
    together = (
        f" All held-out answers together: **{words.figure(pooled.value)}** "
        f"({words.interval(pooled)})."
        if pooled
        else ""
    )
    st.markdown(
        f"**{words.title(name)} {words.figure(spread.mean)} ± {words.figure(spread.deviation)}** "
        f"over {words.count(spread.folds, 'fold')}.{together}",
        help=words.explain(name),
    )
    st.caption(
        f"{words.count(found.cases, 'case')} of {words.count(found.patients, 'patient')}, each "
        "answered by a network that never saw the patient. ± is the standard deviation from fold "
        "to fold; the range is a 95% interval over patients."
    )


def _table(found: CrossResult, names: list[str]) -> None:
    rows = []
    for name in names:
        spread, pooled = found.spread[name], found.pooled.get(name)
        together = f"{words.figure(pooled.value)} ({words.interval(pooled)})" if pooled else "none"
        rows.append(
            (
                words.title(name),
                f"{words.figure(spread.mean)} ± {words.figure(spread.deviation)}",
                f"{words.figure(spread.lowest)} to {words.figure(spread.highest)}",
                together,
            )
        )
    look.table(("Figure", "Mean of folds", "From fold to fold", "All together"), rows, "Figures")
