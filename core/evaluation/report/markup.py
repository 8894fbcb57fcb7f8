"""Pieces of HTML that several parts of a report share."""

from collections.abc import Iterable
from html import escape

from core.domain.card import Interval
from core.evaluation.report.svg import whisker

SCALES = {"mcc": (-1.0, 1.0), "kappa": (-1.0, 1.0)}
UNBOUNDED = {"log_loss"}


def drawn(key: str, found: Interval) -> str:
    if key in UNBOUNDED:
        return ""
    return whisker(found.value, found.low, found.high, SCALES.get(key, (0.0, 1.0)))


def head_row(titles: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<th>{escape(title)}</th>" for title in titles) + "</tr>"


def as_table(head: str, rows: Iterable[str]) -> str:
    body = "".join(rows)
    return f"<div class='scroll'><table><thead>{head}</thead><tbody>{body}</tbody></table></div>"
