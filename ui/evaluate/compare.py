"""Is one model better than another? Tests on the same cases, beside the difference itself."""

import html

import pandas as pd
import streamlit as st

from core.domain.evaluation import Difference
from core.errors import MammolensError
from ui import words
from ui.data import command
from ui.evaluate import look, offers, stock, terms
from ui.evaluate.look import Row
from ui.evaluate.room import Room

RARE = 0.05


def show(room: Room) -> None:
    try:
        found = stock.differences(room.items, room.wish)
    except MammolensError as fault:
        st.info(str(fault), icon=":material/info:")
        return
    for other in room.items[1:]:
        own = [item for item in found if item.second == other.name]
        st.subheader(f"{room.items[0].name} − {other.name}", anchor=False)
        st.markdown(sentence(own))
        rows = [_row(item, room.first.titles) for item in own]
        head = ("Figure", "Difference", "95% interval", "p", "Test")
        look.table(head, rows, f"{room.items[0].name} minus {other.name}")
    for name in ("delong", "mcnemar", "p"):
        st.caption(f"**{terms.TERMS[name].title}.** {terms.explain(name)}")
    look.csv("differences", lambda: pd.DataFrame([item.to_document() for item in found]))
    command.show(offers.evaluate_words(room.wish))


def sentence(found: list[Difference]) -> str:
    """The tests in words, before the table."""
    told = []
    for item in found:
        if item.figure in ("auc", "macro_auc", "accuracy") and item.p is not None:
            gap = item.difference
            size = f"{gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}), {_chance(item.p)}"
            title = words.title(item.figure)
            if item.p < RARE:
                better = item.first if gap.value > 0 else item.second
                told.append(f"**{title}: {better} is better**, {size}.")
            else:
                told.append(f"**{title}: no clear difference**, {size}.")
    return " ".join(told) or "There is no figure that both models have."


def _chance(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _row(item: Difference, titles: dict[str, str]) -> Row:
    gap = item.difference
    return Row(
        (
            look.named(item.figure, titles),
            f"{gap.value:+.3f}",
            f"{gap.low:+.3f} to {gap.high:+.3f}",
            "" if item.p is None else _chance(item.p).removeprefix("p = ").removeprefix("p "),
            f'<span title="{html.escape(item.note)}">{html.escape(item.test)}</span>'
            if item.note
            else html.escape(item.test),
        )
    )
