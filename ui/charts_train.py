"""Charts of training as data: curves in, a plotly figure out, cheap enough for every second.

They are written as plain dictionaries, because making plotly's own objects costs more
than all the rest of a refresh. Colours and template are those of every other chart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.services.repeats import Band
from core.services.run_curves import Curve
from ui import charts, words
from ui.charts import OKABE_ITO

Figure = dict[str, Any]
Floats = NDArray[np.float64]

TRAINING, VALIDATED, LIVE = OKABE_ITO["blue"], OKABE_ITO["orange"], OKABE_ITO["sky"]
# From the darkest on, so that the first runs stand out on white and on black alike.
_ORDER = ("blue", "vermillion", "green", "purple", "orange", "sky", "grey", "yellow")
_DASHES = ("solid", "dash", "dashdot", "longdash")
MOST_LINES = len(_ORDER) * len(_DASHES)
SHARES = ("auc", "accuracy", "sensitivity", "specificity")
_TITLES = {"loss": "Loss (nats)", "learning_rate": "Learning rate (a step)"}
_FEW = 40  # points, up to which each is marked


@dataclass(frozen=True)
class Line:
    """One run's curve of one part; `place` among the runs gives its colour and dash."""

    run: str
    name: str
    place: int
    validation: bool
    curve: Curve


# Name, place among the runs, whether of validation, and the numbers.
Banded = tuple[str, int, bool, Band]


def title(measure: str) -> str:
    """An axis with its unit."""
    if measure in _TITLES:
        return _TITLES[measure]
    return words.title(measure) if measure == "auc" else f"{words.title(measure)} (share)"


def colour(place: int) -> str:
    return OKABE_ITO[_ORDER[place % len(_ORDER)]]


def dash(place: int) -> str:
    return _DASHES[place // len(_ORDER) % len(_DASHES)]


def watched(
    measure: str,
    curves: dict[str, Curve],
    *,
    run: str,
    live: Curve | None = None,
    best: tuple[float, float] | None = None,
    stages: Sequence[float] = (),
    height: int = 260,
) -> Figure:
    """One measure of one run; `best` is (epoch, value) of the best epoch."""
    data = []
    if live is not None and len(live):
        data.append(_trace(live, "Live", LIVE, width=1, opacity=0.7, marks=False))
    for column, curve in curves.items():
        outside = column.startswith("validation_")
        name = "Validation" if outside else "Training"
        data.append(_trace(curve, name, VALIDATED if outside else TRAINING))
    layout = _layout(measure, f"watch-{run}-{measure}", f"{_plain(run)}, epoch %{{x:.4~g}}", height)
    if best is not None:
        data.append(_best_mark(best))
        layout["shapes"] = [_upright(best[0], OKABE_ITO["grey"], "dot")]
    layout["shapes"] = layout.get("shapes", []) + [
        _upright(epoch + 0.5, OKABE_ITO["purple"], "dash") for epoch in stages
    ]
    # One legend serves all: the colours are the same, and a small chart needs its room.
    layout["showlegend"] = measure == "loss"
    return {"data": data, "layout": layout}


def compared(
    measure: str,
    lines: Sequence[Line],
    bands: Sequence[Banded] = (),
    *,
    height: int = 460,
) -> Figure:
    """Several runs over their epochs, and repeats as bands."""
    data: list[dict[str, Any]] = []
    for name, place, validation, band in bands:
        data += _band(name, place, band, validation=validation)
    for line in lines:
        trace = _trace(line.curve, _plain(line.name), colour(line.place))
        trace["line"]["dash"] = dash(line.place) if line.validation else "dot"
        # What is hidden follows the run, also when others are picked.
        trace |= {"legendgroup": line.run, "uid": f"{line.run}-{line.validation}"}
        data.append(trace)
    layout = _layout(measure, f"compare-{measure}", "Epoch %{x:.4~g}", height)
    layout["legend"] |= {"groupclick": "togglegroup", "itemdoubleclick": "toggleothers"}
    layout["showlegend"] = True
    return {"data": data, "layout": layout}


def _band(name: str, place: int, band: Band, *, validation: bool) -> list[dict[str, Any]]:
    paint, group, name = colour(place), f"band-{name}", _plain(name)
    mean = _trace(Curve(band.epochs, band.mean), name, paint)
    mean |= {"legendgroup": group, "customdata": _listed(band.spread)}
    mean["text"] = [words.count(int(n), "run") for n in band.count]
    mean["hovertemplate"] = "%{y:.4~g} ± %{customdata:.2~g} (%{text})<extra>" + name + "</extra>"
    mean["line"]["dash"] = "solid" if validation else "dot"
    mean["uid"] = f"{group}-mean"
    outline = np.concatenate([band.mean + band.spread, (band.mean - band.spread)[::-1]])
    area = {
        "type": "scatter",
        "x": _listed(np.concatenate([band.epochs, band.epochs[::-1]])),
        "y": _listed(outline),
        "fill": "toself",
        "fillcolor": _faint(paint),
        "line": {"width": 0},
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": group,
        "uid": f"{group}-area",
    }
    return [area, mean]


def _trace(
    curve: Curve,
    name: str,
    paint: str,
    *,
    width: float = 2,
    opacity: float = 1.0,
    marks: bool = True,
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": _listed(curve.epochs),
        "y": _listed(curve.values),
        "name": name,
        "mode": "lines+markers" if marks and len(curve) <= _FEW else "lines",
        "line": {"color": paint, "width": width},
        "marker": {"size": 5},
        "opacity": opacity,
        "hovertemplate": "%{y:.4~g}<extra>" + name + "</extra>",
    }


def _best_mark(best: tuple[float, float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [best[0]],
        "y": [best[1]],
        "name": "Best",
        "mode": "markers",
        "marker": {
            "symbol": "star",
            "size": 13,
            "color": OKABE_ITO["vermillion"],
            "line": {"width": 1, "color": "#ffffff"},
        },
        "hovertemplate": "%{y:.4~g}<extra>Best epoch</extra>",
    }


def _upright(epoch: float, paint: str, style: str) -> dict[str, Any]:
    line = {"color": paint, "width": 1.5, "dash": style}
    ends = {"x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "line", **ends, "line": line, "layer": "below"}


def _layout(measure: str, revision: str, hover: str, height: int) -> Figure:
    numbers: Figure = {"tickformat": ".2f"} if measure in SHARES else {}
    if measure == "learning_rate":
        numbers = {"type": "log", "dtick": 1, "exponentformat": "power"}
    return {
        "template": _template(),
        "height": height,
        "hovermode": "x unified",
        "uirevision": revision,
        "dragmode": "zoom",
        # Below the curves, where the chart's menu does not cover it.
        "legend": {
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "entrywidth": 0,
        },
        "xaxis": {
            "title": {"text": "Epoch", "font": {"size": 13}},
            "unifiedhovertitle": {"text": hover},
            "nticks": 8,
        },
        "yaxis": {"title": {"text": title(measure), "font": {"size": 13}}, **numbers},
    }


@lru_cache(maxsize=1)
def _template() -> Figure:
    shared: Figure = charts.template().to_plotly_json()
    return shared


def _listed(values: Floats) -> list[float | None]:
    """Six digits are more than a screen shows; a gap where there is no number."""
    return [float(f"{v:.6g}") if v - v == 0 else None for v in values.tolist()]


def _plain(name: str) -> str:
    """A name people gave, in which plotly would read tags."""
    return name.replace("&", "&amp;").replace("<", "&lt;")


def _faint(paint: str) -> str:
    red, green, blue = (int(paint[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
