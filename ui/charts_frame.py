"""What all charts of an evaluation share: a model on them, its colour, axes, legend and guides."""

from dataclasses import dataclass

import plotly.graph_objects as go

from core.domain.card import Interval
from core.domain.curves import Curves
from core.domain.evaluation import Evaluation
from ui.charts import OKABE_ITO, template

GREY = OKABE_ITO["grey"]
_MODELS = ("blue", "vermillion", "green", "purple")
HEIGHT = 360


@dataclass(frozen=True)
class Line:
    """A model on a chart, where its threshold stands now, and the figures at it."""

    name: str
    evaluation: Evaluation
    threshold: float
    figures: dict[str, Interval]

    @property
    def curves(self) -> Curves:
        return self.evaluation.curves


def model_colour(place: int) -> str:
    return OKABE_ITO[_MODELS[place % len(_MODELS)]]


def square(x: str, y: str) -> go.Figure:
    chart = go.Figure()
    axes(chart, x, y)
    chart.update_xaxes(range=[0, 1], tickformat=".0%", dtick=0.25)
    return chart.update_yaxes(range=[0, 1.02], tickformat=".0%", dtick=0.25)


def axes(chart: go.Figure, x: str, y: str) -> None:
    chart.update_layout(
        template=template(), height=HEIGHT, hovermode="closest", clickmode="event+select"
    )
    chart.update_xaxes(title={"text": x, "font": {"size": 13}})
    chart.update_yaxes(title={"text": y, "font": {"size": 13}})
    tall_legend(chart, 2)


def tall_legend(chart: go.Figure, entries: int) -> go.Figure:
    """Below the chart, an entry a line, so that long names fit a phone."""
    return chart.update_layout(
        height=HEIGHT + 22 * entries,
        legend={
            "orientation": "v",
            "x": 0,
            "xanchor": "left",
            "y": -0.22,
            "yanchor": "top",
            "font": {"size": 13},
        },
    )


def guide(name: str, dash: str = "dash") -> dict[str, object]:
    return {
        "mode": "lines",
        "name": name,
        "line": {"color": GREY, "dash": dash, "width": 1.2},
        "hoverinfo": "skip",
    }


def mark_threshold(chart: go.Figure, at: float, colour: str) -> go.Figure:
    side = "left" if at < 0.5 else "right"
    chart.update_layout(margin={"t": 28})
    return chart.add_vline(
        x=min(at, 1.0),
        line={"color": colour, "width": 2, "dash": "dash"},
        annotation={
            "text": f"threshold {at:.3f}",
            "xanchor": side,
            "y": 1,
            "yanchor": "bottom",
            "font": {"size": 12},
        },
    )
