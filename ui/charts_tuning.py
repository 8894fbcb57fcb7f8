"""Charts of a search for better settings: its course, what mattered, and how it hung together."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from core.domain.training import higher_is_better
from core.domain.tuning import Parameter, Trial
from ui.charts import OKABE_ITO, template
from ui.charts_data import wrapped

_COLOURS = {
    "complete": OKABE_ITO["blue"],
    "pruned": OKABE_ITO["grey"],
    "best": OKABE_ITO["vermillion"],
}
_TITLES = {"complete": "To its end", "pruned": "Cut short"}
_SYMBOLS = {"complete": "circle", "pruned": "x"}
_SMALL = {"size": 13}
# Viridis without its darkest end, which a dark page would swallow.
_SCALE = ["#3e4a89", "#26828e", "#35b779", "#b5de2b"]
Titles = Callable[[str], str]


def history(trials: Sequence[Trial], measure: str, title: str) -> go.Figure:
    """Every trial's value, and the best so far as a line of steps."""
    chart = go.Figure()
    for state in ("pruned", "complete"):
        shown = [trial for trial in trials if trial.state == state and trial.value is not None]
        _dots(chart, shown, [trial.number for trial in shown], state)
    best = _best_so_far(trials, measure)
    chart.add_scatter(
        x=[number for number, _ in best],
        y=[value for _, value in best],
        mode="lines",
        line={"shape": "hv", "color": _COLOURS["best"], "width": 2},
        name="Best so far",
        hovertemplate="best so far %{y:.4~g}<extra></extra>",
    )
    return _laid_out(chart, "Trial", title, 320)


def _best_so_far(trials: Sequence[Trial], measure: str) -> list[tuple[int, float]]:
    choose = max if higher_is_better(measure) else min
    found: list[tuple[int, float]] = []
    for trial in trials:
        if trial.state == "complete" and trial.value is not None:
            value = choose(found[-1][1], trial.value) if found else trial.value
            found.append((trial.number, value))
    return found


def _dots(chart: go.Figure, shown: Sequence[Trial], places: Sequence[Any], state: str) -> None:
    chart.add_scatter(
        x=list(places),
        y=[trial.value for trial in shown],
        customdata=[[trial.number, said(trial.values)] for trial in shown],
        mode="markers",
        name=_TITLES[state],
        marker={"size": 9, "color": _COLOURS[state], "symbol": _SYMBOLS[state]},
        hovertemplate="trial %{customdata[0]}: %{y:.4~g}<br>%{customdata[1]}<extra></extra>",
    )


def said(values: Mapping[str, Any]) -> str:
    return "<br>".join(f"{key} {plain(value)}" for key, value in values.items())


def plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return value if isinstance(value, str) else json.dumps(value)


def importance(shares: Mapping[str, float], titled: Titles = str) -> go.Figure:
    """What explains the differences between trials, the most telling setting on top."""
    ordered = sorted(shares.items(), key=lambda pair: pair[1])
    chart = go.Figure(
        go.Bar(
            y=[wrapped(titled(key)) for key, _ in ordered],
            x=[share for _, share in ordered],
            orientation="h",
            width=0.6,
            marker={"color": OKABE_ITO["blue"]},
            text=[f"{share:.0%}" for _, share in ordered],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.0%}<extra></extra>",
        )
    )
    height = 36 * max(2, len(ordered)) + 70
    _laid_out(chart, "Share of the differences explained", "", height)
    chart.update_xaxes(range=[0, 1.15 * max([0.1, *shares.values()])], tickformat=".0%", nticks=5)
    return chart.update_yaxes(ticks="", showgrid=False)


def slices(
    trials: Sequence[Trial], asked: Parameter, title: str, titled: Titles = str
) -> go.Figure:
    """Every trial's value over one setting."""
    chart = go.Figure()
    for state in ("pruned", "complete"):
        shown = [
            trial
            for trial in trials
            if trial.state == state and trial.value is not None and asked.key in trial.values
        ]
        places = [trial.values[asked.key] for trial in shown]
        _dots(chart, shown, [plain(p) for p in places] if asked.choices else places, state)
    _laid_out(chart, titled(asked.key), title, 320)
    if asked.choices:
        order = [plain(choice) for choice in asked.choices]
        return chart.update_xaxes(type="category", categoryorder="array", categoryarray=order)
    powers = {"type": "log", "exponentformat": "power", "dtick": 1}
    return chart.update_xaxes(**powers) if asked.log else chart


def parallel(
    trials: Sequence[Trial], space: Sequence[Parameter], measure: str, title: str
) -> go.Figure:
    """A line a trial through all its settings to its value; drag along an axis to pick some."""
    shown = [trial for trial in trials if trial.state == "complete" and trial.value is not None]
    values = [float(trial.value or 0.0) for trial in shown]
    chart = go.Figure(
        go.Parcoords(
            line={
                "color": values,
                "colorscale": _SCALE,
                "reversescale": not higher_is_better(measure),
                "showscale": False,
            },
            dimensions=[
                *(
                    _axis(asked, [trial.values.get(asked.key) for trial in shown])
                    for asked in space
                ),
                {"label": title, "values": values, "tickformat": ".3~g"},
            ],
            labelfont={"size": 13},
            tickfont={"size": 12},
            rangefont={"size": 1, "color": "rgba(0,0,0,0)"},
        )
    )
    return chart.update_layout(
        template=template(), height=380, margin={"l": 56, "r": 56, "t": 56, "b": 24}
    )


def _axis(asked: Parameter, values: Sequence[Any]) -> dict[str, Any]:
    label = asked.key.rsplit(".", 1)[-1].replace("_", " ")
    if asked.choices:
        order = [plain(choice) for choice in asked.choices]
        places = [order.index(plain(value)) if plain(value) in order else 0 for value in values]
        ticks = {"tickvals": list(range(len(order))), "ticktext": order}
        return {"label": label, "values": places, "range": [-0.2, len(order) - 0.8], **ticks}
    low, high = asked.ends()
    if not asked.log:
        return {"label": label, "values": list(values), "range": [low, high]}
    powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    ticks = {"tickvals": list(powers), "ticktext": [f"{10.0**p:g}" for p in powers]}
    logs = [math.log10(value) for value in values]
    return {"label": label, "values": logs, "range": [math.log10(low), math.log10(high)], **ticks}


def _laid_out(chart: go.Figure, across: str, up: str, height: int) -> go.Figure:
    chart.update_layout(template=template(), height=height)
    chart.update_xaxes(title={"text": across, "font": _SMALL}, fixedrange=True)
    chart.update_yaxes(title={"text": up, "font": _SMALL}, fixedrange=True)
    return chart
