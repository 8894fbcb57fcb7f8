"""Charts as SVG text, so that a report needs no browser where it is made.

Only what the charts of an evaluation need: two linear axes, lines, bands, bars, points.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import ArrayLike

from core.evaluation.report.marks import Band, Bars, Dots, Key, Line, Mark, Numbers

WIDTH, HEIGHT = 440, 330
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 12, 46
# Okabe and Ito: told apart by everyone.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
TICKS = 6


@dataclass
class Chart:
    """`x` and `y` are the ranges of the axes; marks are drawn in the order they are added.

    What is drawn is kept as numbers, so that screen and paper show the same chart.
    """

    title: str
    x_title: str
    y_title: str
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    marks: list[Mark] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    def line(
        self, x: ArrayLike, y: ArrayLike, colour: str, label: str = "", *, dash: str = ""
    ) -> None:
        xs, ys = _numbers(x), _numbers(y)
        keep = np.isfinite(xs) & np.isfinite(ys)
        self.marks.append(Line(xs[keep], ys[keep], colour, dash))
        self._label(label, colour, dash)

    def band(self, x: ArrayLike, low: ArrayLike, high: ArrayLike, colour: str) -> None:
        self.marks.append(Band(_numbers(x), _numbers(low), _numbers(high), colour))

    def bars(self, edges: ArrayLike, heights: ArrayLike, colour: str, label: str = "") -> None:
        self.marks.append(Bars(_numbers(edges), _numbers(heights), colour))
        self._label(label, colour, "")

    def points(
        self,
        x: ArrayLike,
        y: ArrayLike,
        colour: str,
        label: str = "",
        *,
        low: ArrayLike | None = None,
        high: ArrayLike | None = None,
    ) -> None:
        lows = None if low is None else _numbers(low)
        highs = None if high is None else _numbers(high)
        self.marks.append(Dots(_numbers(x), _numbers(y), colour, lows, highs))
        self._label(label, colour, "")

    def _label(self, label: str, colour: str, dash: str) -> None:
        if label:
            self.keys.append(Key(label, colour, dash))

    def to_svg(self) -> str:
        head = (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" class="chart" '
            f'xmlns="http://www.w3.org/2000/svg"><title>{escape(self.title)}</title>'
        )
        clip = (
            f'<svg x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" '
            f'height="{HEIGHT - TOP - BOTTOM}" viewBox="{LEFT} {TOP} {WIDTH - LEFT - RIGHT} '
            f'{HEIGHT - TOP - BOTTOM}">'
        )
        body = [text for mark in self.marks for text in self._drawn(mark)]
        return "".join([head, *self._axes(), clip, *body, "</svg></svg>"])

    def to_html(self) -> str:
        """With its title above and its legend below."""
        keys = "".join(
            f'<span class="key"><svg width="22" height="8"><line x1="0" y1="4" x2="22" y2="4" '
            f'stroke="{key.colour}" stroke-width="3" stroke-dasharray="{key.dash}"/></svg>'
            f"{escape(key.label)}</span>"
            for key in self.keys
        )
        legend = f'<p class="legend">{keys}</p>' if keys else ""
        caption = f"<figcaption>{escape(self.title)}</figcaption>"
        return f"<figure>{caption}{self.to_svg()}{legend}</figure>"

    def _drawn(self, mark: Mark) -> list[str]:
        if isinstance(mark, Line):
            return [self._line(mark)]
        if isinstance(mark, Band):
            return [self._band(mark)]
        return self._bars(mark) if isinstance(mark, Bars) else self._dots(mark)

    def _line(self, mark: Line) -> str:
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in self._placed(mark.x, mark.y))
        style = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        return (
            f'<polyline points="{path}" fill="none" stroke="{mark.colour}" '
            f'stroke-width="1.8"{style}/>'
        )

    def _band(self, mark: Band) -> str:
        there, back = self._placed(mark.x, mark.low), self._placed(mark.x, mark.high)
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in [*there, *back[::-1]])
        return f'<polygon points="{path}" fill="{mark.colour}" fill-opacity="0.16"/>'

    def _bars(self, mark: Bars) -> list[str]:
        xs, tops = self._across(mark.edges), self._down(mark.heights)
        floor = self._down(np.zeros(1))[0]
        return [
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(right - left - 0.5, 0.5):.1f}" '
            f'height="{max(floor - top, 0):.1f}" fill="{mark.colour}" fill-opacity="0.55"/>'
            for left, right, top in zip(xs[:-1], xs[1:], tops, strict=True)
        ]

    def _dots(self, mark: Dots) -> list[str]:
        drawn = []
        if mark.low is not None and mark.high is not None:
            ends = zip(
                self._across(mark.x), self._down(mark.low), self._down(mark.high), strict=True
            )
            drawn = [
                f'<line x1="{a:.1f}" y1="{b:.1f}" x2="{a:.1f}" y2="{c:.1f}" '
                f'stroke="{mark.colour}" stroke-opacity="0.6"/>'
                for a, b, c in ends
            ]
        return drawn + [
            f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.2" fill="{mark.colour}"/>'
            for a, b in self._placed(mark.x, mark.y)
        ]

    def _placed(self, x: Numbers, y: Numbers) -> list[tuple[float, float]]:
        return list(zip(self._across(x).tolist(), self._down(y).tolist(), strict=True))

    def _across(self, x: Numbers) -> Numbers:
        low, high = self.x
        return LEFT + (x - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def _down(self, y: Numbers) -> Numbers:
        low, high = self.y
        return HEIGHT - BOTTOM - (y - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def _axes(self) -> list[str]:
        right, floor = WIDTH - RIGHT, HEIGHT - BOTTOM
        drawn = []
        for value in ticks(*self.x):
            at = self._across(np.array([value]))[0]
            drawn.append(_grid(at, TOP, at, floor))
            drawn.append(_text(at, floor + 16, f"{value:g}", "middle"))
        for value in ticks(*self.y):
            at = self._down(np.array([value]))[0]
            drawn.append(_grid(LEFT, at, right, at))
            drawn.append(_text(LEFT - 6, at + 4, f"{value:g}", "end"))
        middle = (TOP + floor) / 2
        drawn.append(_text((LEFT + right) / 2, HEIGHT - 8, self.x_title, "middle"))
        drawn.append(
            f'<text transform="translate(13 {middle}) rotate(-90)" text-anchor="middle">'
            f"{escape(self.y_title)}</text>"
        )
        return drawn


def _numbers(values: ArrayLike) -> Numbers:
    return np.asarray(values, np.float64)


def ticks(low: float, high: float) -> Sequence[float]:
    """Round numbers, about six of them."""
    rough = (high - low) / (TICKS - 1)
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * 0.999)
    first = np.ceil(low / step - 1e-9)
    last = np.floor(high / step + 1e-9)
    return [float(round(k * step, 12)) + 0.0 for k in np.arange(first, last + 1)]


def _grid(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def whisker(value: float, low: float, high: float, bounds: tuple[float, float]) -> str:
    """A figure and its interval on a short scale, for a table's cell."""
    width, height = 120, 14
    least, most = bounds

    def place(number: float) -> float:
        share = (min(max(number, least), most) - least) / (most - least)
        return 3 + share * (width - 6)

    a, b, c = place(low), place(value), place(high)
    return (
        f'<svg class="whisker" width="{width}" height="{height}" aria-hidden="true">'
        f'<line class="grid" x1="3" y1="7" x2="{width - 3}" y2="7"/>'
        f'<line x1="{a:.1f}" y1="7" x2="{c:.1f}" y2="7" stroke="{COLOURS[0]}" stroke-width="3" '
        f'stroke-opacity="0.5"/><circle cx="{b:.1f}" cy="7" r="3.4" fill="{COLOURS[0]}"/></svg>'
    )
