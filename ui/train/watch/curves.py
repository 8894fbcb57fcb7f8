"""The run's curves, one chart a measure; a chart is drawn anew only when it has something new."""

from functools import lru_cache
from pathlib import Path

import streamlit as st

from core.services import run_curves
from core.services.following import Table
from core.services.run_table import RunRow
from ui import charts_train
from ui.components import live_chart
from ui.train import measures, memory

LIVE = ("loss", "accuracy")  # measured between the ends of epochs too
HEIGHT = 270


def show(row: RunRow, history: Table) -> None:
    steps = run_curves.steps(row.path)
    best = row.status.best.epoch if row.status.best else 0
    shown = [name for name in run_curves.MEASURES if _known(name, history, steps)]
    if not shown:
        st.caption("The first curve appears after the first steps.")
        return
    with st.container(key="train-charts"):
        for name in shown:
            version = steps.version if name in LIVE else 0
            figure = drawn(str(row.path), row.name, name, history.version, version, best)
            _card(row, name, figure)


def _card(row: RunRow, measure: str, figure: str) -> None:
    # One key for all runs: the chart stays and only its numbers change.
    with st.container(border=True, key=memory.key(f"chart.{measure}")):
        st.markdown(f"**{measures.title(measure)}**", help=measures.explain(measure))
        live_chart.show(
            memory.key(f"plot.{measure}"),
            figure,
            alt=f"{measures.title(measure)} of {row.name} by epoch, for training and validation",
            file_name=f"{row.id}-{measure}",
            height=HEIGHT,
        )


def _known(measure: str, history: Table, steps: Table) -> bool:
    wanted = [history.column(name) for name in run_curves.columns(measure)]
    if measure in LIVE:
        wanted.append(steps.column(measure))
    return any((values == values).any() for values in wanted)


@lru_cache(maxsize=256)
def drawn(
    path: str, name: str, measure: str, history_version: int, steps_version: int, best_epoch: int
) -> str:
    """Shared by all sessions; the versions stand for what the files hold."""
    history = run_curves.history(Path(path))
    columns = run_curves.columns(measure)
    curves = {column: run_curves.curve(history, column) for column in columns}
    live = run_curves.curve(run_curves.steps(Path(path)), measure) if measure in LIVE else None
    figure = charts_train.watched(
        measure,
        {column: curve for column, curve in curves.items() if len(curve)},
        run=name,
        live=live,
        best=_best(history, columns[-1], best_epoch),
        stages=run_curves.stage_ends(history),
        height=HEIGHT,
    )
    return live_chart.written(figure)


def _best(history: Table, column: str, epoch: int) -> tuple[float, float] | None:
    place = run_curves.best_place(history, epoch) if epoch else None
    if place is None:
        return None
    value = float(history.column(column)[place])
    return (float(epoch), value) if value == value else None
