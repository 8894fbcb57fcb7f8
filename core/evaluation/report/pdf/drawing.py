"""Charts on paper: the same numbers as on the screen, as vectors."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from reportlab.graphics.shapes import Circle, Drawing, Group, Line, Polygon, PolyLine, Rect, String
from reportlab.lib.colors import Color, HexColor

from core.domain.card import Interval
from core.evaluation.report import marks
from core.evaluation.report.pdf import look
from core.evaluation.report.svg import Chart, ticks

WIDTH, HEIGHT = look.ROOM / 2 - 8, 168.0
LEFT, RIGHT, TOP, BOTTOM = 38.0, 6.0, 6.0, 30.0
KEY_HEIGHT = 11.0
_INSIDE = (0.0, 1.0)
TINY = 1e-9


def drawing(chart: Chart) -> Drawing:
    """The chart with its legend below, an entry a line."""
    legend = KEY_HEIGHT * len(chart.keys)
    made = Drawing(WIDTH, HEIGHT + legend)
    place = _Place(chart, legend)
    for shape in _axes(chart, place):
        made.add(shape)
    inside = Group()
    for mark in chart.marks:
        for shape in _shapes(mark, place):
            inside.add(shape)
    made.add(inside)
    for number, key in enumerate(chart.keys):
        y = legend - KEY_HEIGHT * (number + 1) + 4
        made.add(_stroke(Line(LEFT, y, LEFT + 16, y), key.colour, key.dash, 1.6))
        made.add(_text(LEFT + 21, y - 2.6, _short(key.label), size=7.2))
    return made


class _Place:
    """Where numbers lie on paper; what leaves the axes is drawn at their edge."""

    def __init__(self, chart: Chart, floor: float) -> None:
        self.chart, self.floor = chart, floor + BOTTOM
        self.ceiling = floor + HEIGHT - TOP

    def across(self, x: marks.Numbers) -> marks.Numbers:
        low, high = self.chart.x
        share: marks.Numbers = np.clip((x - low) / (high - low), *_INSIDE)
        placed: marks.Numbers = share * (WIDTH - LEFT - RIGHT) + LEFT
        return placed

    def up(self, y: marks.Numbers) -> marks.Numbers:
        low, high = self.chart.y
        share: marks.Numbers = np.clip((y - low) / (high - low), *_INSIDE)
        placed: marks.Numbers = share * (self.ceiling - self.floor) + self.floor
        return placed

    def path(self, x: marks.Numbers, y: marks.Numbers) -> list[float]:
        path: list[float] = np.column_stack([self.across(x), self.up(y)]).round(2).ravel().tolist()
        return path


def _shapes(mark: marks.Mark, place: _Place) -> Iterable[object]:
    if isinstance(mark, marks.Line):
        low, high = place.chart.y
        seen = (mark.y >= low - TINY) & (mark.y <= high + TINY)
        path = place.path(mark.x[seen], mark.y[seen])
        return [_stroke(PolyLine(path), mark.colour, mark.dash)] if len(path) > 2 else []
    if isinstance(mark, marks.Band):
        back = place.path(mark.x[::-1], mark.high[::-1])
        return [_filled(Polygon([*place.path(mark.x, mark.low), *back]), mark.colour, 0.16)]
    return _bars(mark, place) if isinstance(mark, marks.Bars) else _dots(mark, place)


def _bars(mark: marks.Bars, place: _Place) -> list[object]:
    edges, tops = place.across(mark.edges), place.up(mark.heights)
    return [
        _filled(Rect(left, place.floor, right - left, top - place.floor), mark.colour, 0.55)
        for left, right, top in zip(edges[:-1], edges[1:], tops, strict=True)
    ]


def _dots(mark: marks.Dots, place: _Place) -> list[object]:
    xs, ys = place.across(mark.x), place.up(mark.y)
    drawn: list[object] = []
    if mark.low is not None and mark.high is not None:
        ends = zip(xs, place.up(mark.low), place.up(mark.high), strict=True)
        drawn = [_stroke(Line(x, low, x, high), mark.colour, width=0.6) for x, low, high in ends]
    return drawn + [_filled(Circle(x, y, 2), mark.colour, 1) for x, y in zip(xs, ys, strict=True)]


def _axes(chart: Chart, place: _Place) -> list[object]:
    right, drawn = WIDTH - RIGHT, []
    for value in ticks(*chart.x):
        at = float(place.across(np.array([value]))[0])
        drawn.append(_grid(at, place.floor, at, place.ceiling))
        drawn.append(_text(at, place.floor - 10, f"{value:g}", "middle"))
    for value in ticks(*chart.y):
        at = float(place.up(np.array([value]))[0])
        drawn.append(_grid(LEFT, at, right, at))
        drawn.append(_text(LEFT - 4, at - 2.5, f"{value:g}", "end"))
    drawn.append(_text((LEFT + right) / 2, place.floor - 23, chart.x_title, "middle", 7.6))
    title = Group(_text(0, 0, chart.y_title, "middle", 7.6))
    title.translate(9, (place.floor + place.ceiling) / 2)
    title.rotate(90)
    return [*drawn, title]


def whisker(found: Interval, bounds: tuple[float, float]) -> Drawing:
    """A figure and its interval on a short scale, for a table's cell."""
    width, middle = 84.0, 4.0
    made = Drawing(width, 8)
    least, most = bounds

    def place(value: float) -> float:
        return 2 + (min(max(value, least), most) - least) / (most - least) * (width - 4)

    made.add(_grid(2, middle, width - 2, middle))
    made.add(
        _stroke(Line(place(found.low), middle, place(found.high), middle), "#7fb8d8", width=2.4)
    )
    made.add(_filled(Circle(place(found.value), middle, 2.4), "#0072B2", 1))
    return made


def _stroke(shape: object, colour: str, dash: str = "", width: float = 1.2) -> object:
    for name, value in {
        "strokeColor": HexColor(colour),
        "strokeWidth": width,
        "strokeDashArray": [float(part) for part in dash.split()] or None,
        "strokeLineJoin": 1,
    }.items():
        if hasattr(shape, name):
            setattr(shape, name, value)
    return shape


def _filled(shape: Any, colour: str, opacity: float) -> object:
    full = HexColor(colour)
    shape.fillColor = Color(full.red, full.green, full.blue, alpha=opacity)
    shape.strokeColor = None
    return shape


def _grid(x1: float, y1: float, x2: float, y2: float) -> Line:
    return Line(x1, y1, x2, y2, strokeColor=look.LINE, strokeWidth=0.5)


def _text(x: float, y: float, text: str, anchor: str = "start", size: float = 7) -> String:
    known = text.replace("−", "-").encode("cp1252", "replace").decode("cp1252")
    return String(
        x, y, known, textAnchor=anchor, fontSize=size, fontName=look.PLAIN, fillColor=look.FAINT
    )


def _short(label: str, most: int = 58) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"
