"""Charts of what a dataset is made of: counts in, a plotly figure out, all in one look."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from ui.charts import OKABE_ITO, class_colour, template

Titles = Mapping[str, str]
_BAR, _ROOM = 30, 64
# Viridis without its darkest end, which a dark page would swallow.
PIECES = ("#5b3b92", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b")
_WRAP = 22


def class_bars(images: Mapping[str, int], patients: Mapping[str, int], titles: Titles) -> go.Figure:
    """One bar a class, the first on top, with its images, their share, and its patients."""
    names = list(images)[::-1]
    total = max(1, sum(images.values()))
    said = [f"{images[n]:,} images, {images[n] / total:.0%}" for n in names]
    chart = go.Figure(
        go.Bar(
            y=[wrapped(titles.get(name, name)) for name in names],
            x=[images[name] for name in names],
            orientation="h",
            width=0.62,
            marker={"color": [class_colour(name, names) for name in names]},
            customdata=[[text, f"{patients[n]:,}"] for text, n in zip(said, names, strict=True)],
            hovertemplate="%{y}<br>%{customdata[0]}<br>%{customdata[1]} patients<extra></extra>",
            text=[f"{images[n]:,}, {images[n] / total:.0%}" for n in names],
            textposition="outside",
            cliponaxis=False,
        )
    )
    _laid_out(chart, len(names), "Images")
    return chart.update_xaxes(range=[0, 1.5 * max(1, *images.values())], nticks=4)


def stacked_bars(
    counts: pd.DataFrame, titles: Titles, *, shares: bool = False, unit: str = "images"
) -> go.Figure:
    """One bar a row of the table, cut into classes; with `shares` every bar is whole."""
    totals = counts.sum(axis=1).to_numpy()
    names = [str(name) for name in counts.index]
    chart = go.Figure()
    for column in counts.columns:
        values = counts[column].to_numpy()
        parts = values / totals.clip(min=1)
        chart.add_bar(
            y=[wrapped(name) for name in names][::-1],
            x=(parts if shares else values)[::-1],
            orientation="h",
            width=0.66,
            name=titles.get(str(column), str(column)),
            marker={"color": class_colour(str(column), list(map(str, counts.columns)))},
            customdata=[
                [f"{n:,} of {total:,} {unit}", f"{part:.0%}"]
                for n, total, part in zip(values, totals, parts, strict=True)
            ][::-1],
            hovertemplate="%{y}<br>%{fullData.name}: %{customdata[0]}, %{customdata[1]}"
            "<extra></extra>",
        )
    chart.update_layout(barmode="stack")
    _laid_out(chart, len(names), f"Share of {unit}" if shares else unit.capitalize())
    if shares:
        chart.update_xaxes(tickformat=".0%", range=[0, 1.03], dtick=0.25)
    return chart


def pieces(counts: pd.DataFrame) -> go.Figure:
    """Whole bars cut by a fact that has no colours of its own; the legend names the pieces."""
    shares = counts.div(counts.sum(axis=1).clip(lower=1), axis=0)
    last = max(1, len(counts.columns) - 1)
    chart = go.Figure()
    for place, column in enumerate(counts.columns):
        chart.add_bar(
            y=[str(name) for name in counts.index][::-1],
            x=shares[column].to_numpy()[::-1],
            orientation="h",
            width=0.66,
            name=str(column),
            marker={"color": PIECES[place * (len(PIECES) - 1) // last]},
            customdata=counts[column].to_numpy()[::-1],
            hovertemplate="%{y}<br>%{fullData.name}: %{customdata:,} images, %{x:.0%}"
            "<extra></extra>",
        )
    _laid_out(chart, len(counts), "Share of images")
    chart.update_layout(barmode="stack", showlegend=True, height=chart.layout.height + 40)
    chart.update_layout(legend={"traceorder": "normal"})
    return chart.update_xaxes(tickformat=".0%", range=[0, 1.03], dtick=0.25)


def histogram(
    counts: pd.DataFrame, width: float, titles: Titles, axis: str, *, unit: str = "images"
) -> go.Figure:
    """Columns of a stacked histogram; the table's index says where each bin begins."""
    begins = counts.index.to_numpy(dtype=float)
    span = [f"{low:,.4g} to under {low + width:,.4g}" for low in begins]
    chart = go.Figure()
    for column in counts.columns:
        chart.add_bar(
            x=begins + width / 2,
            y=counts[column],
            width=width * 0.94,
            name=titles.get(str(column), str(column)),
            marker={"color": class_colour(str(column), list(map(str, counts.columns)))},
            customdata=span,
            hovertemplate="%{customdata}<br>%{fullData.name}: %{y:,} " + unit + "<extra></extra>",
        )
    chart.update_layout(template=template(), barmode="stack", height=260, showlegend=False)
    chart.update_xaxes(title={"text": axis, "font": {"size": 13}}, fixedrange=True)
    chart.update_yaxes(
        title={"text": unit.capitalize(), "font": {"size": 13}}, fixedrange=True, nticks=5
    )
    return chart


def size_bubbles(sizes: pd.DataFrame) -> go.Figure:
    """Where files have many sizes: a circle for each, its area the number of files."""
    images = sizes["images"].to_numpy(dtype=float)
    chart = go.Figure(
        go.Scatter(
            x=sizes["source_columns"],
            y=sizes["source_rows"],
            mode="markers",
            marker={
                "size": images,
                "sizemode": "area",
                "sizeref": 2 * images.max() / 40**2,
                "sizemin": 3,
                "color": OKABE_ITO["blue"],
                "opacity": 0.7,
            },
            customdata=images,
            hovertemplate="about %{x:,} × %{y:,} pixels<br>%{customdata:,} images<extra></extra>",
        )
    )
    chart.update_layout(template=template(), height=260, showlegend=False)
    chart.update_xaxes(title={"text": "Width in pixels", "font": {"size": 13}}, fixedrange=True)
    chart.update_yaxes(title={"text": "Height in pixels", "font": {"size": 13}}, fixedrange=True)
    return chart


def association_bars(
    names: Sequence[str], values: Sequence[float], lows: Sequence[float], highs: Sequence[float]
) -> go.Figure:
    """How well each fact alone tells the label, the strongest on top; 0.5 is a coin toss."""
    labels = [wrapped(name) for name in names][::-1]
    chart = go.Figure(
        go.Scatter(
            y=labels,
            x=list(values)[::-1],
            mode="markers",
            marker={"size": 12, "color": [_alarm(value) for value in values][::-1]},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [h - v for h, v in zip(highs, values, strict=True)][::-1],
                "arrayminus": [v - low for v, low in zip(values, lows, strict=True)][::-1],
                "thickness": 2,
                "width": 0,
                "color": OKABE_ITO["grey"],
            },
            hovertemplate="%{y}: AUC %{x:.3f}<extra></extra>",
        )
    )
    _laid_out(chart, len(names), "AUC of this fact alone")
    chart.update_xaxes(range=[min(0.35, *lows) - 0.02, 1.02], dtick=0.25, tickformat=".2f")
    chart.add_vline(x=0.5, line={"dash": "dot", "width": 2, "color": OKABE_ITO["grey"]})
    return chart


def _alarm(value: float) -> str:
    if value >= 0.8:
        return OKABE_ITO["vermillion"]
    return OKABE_ITO["orange"] if value >= 0.65 else OKABE_ITO["blue"]


def _laid_out(chart: go.Figure, bars: int, axis: str) -> go.Figure:
    height = max(2, bars) * _BAR + _ROOM
    chart.update_layout(template=template(), height=height, showlegend=False)
    chart.update_xaxes(title={"text": axis, "font": {"size": 13}}, fixedrange=True, nticks=5)
    chart.update_yaxes(fixedrange=True, ticks="", showgrid=False, type="category")
    return chart


def wrapped(name: str) -> str:
    """A long name broken near its middle, so that bars keep their room on a phone."""
    if len(name) <= _WRAP:
        return name
    spaces = [place for place, letter in enumerate(name) if letter == " "]
    if not spaces:
        return name[: _WRAP + 8]
    middle = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}<br>{name[middle + 1 :]}"
