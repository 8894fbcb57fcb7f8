"""Whom the model serves less well: figures group by group, the largest gap first."""

from functools import partial

import pandas as pd
import streamlit as st

from core.domain.evaluation import SubgroupTable
from core.domain.figures import figure_info
from core.services.evaluation_view import GROUP_FIGURES, PROPERTY_TITLES
from ui import words
from ui.charts_confusion import group_dots
from ui.evaluate import look, memory, stock, terms
from ui.evaluate.room import Room


def show(room: Room) -> None:
    item = room.first
    tables = stock.groups(item)
    st.caption(terms.explain("subgroups"))
    if not tables:
        st.info("Nothing is known of these images that would divide them into groups.")
        return
    offered = [
        key for key in GROUP_FIGURES if any(key in g.figures for t in tables for g in t.groups)
    ]
    usual = next((t.figure for t in tables if t.figure), offered[0])
    figure = st.segmented_control(
        "Figure",
        offered,
        default=usual,
        required=True,
        format_func=lambda key: words.title(key),
        key=memory.key_among("groups.figure", offered),
    )
    with st.container(key="evaluate-groups"):
        for table in sorted(tables, key=lambda one: -_gap(one, figure)):
            look.chart(
                f"subgroups.{table.by}",
                table.title,
                group_dots(table, figure, figure_info(figure).title),
                partial(_frame, table),
                note=_said(table, figure),
            )
    _unknown(room, tables)
    look.csv("groups", lambda: pd.concat([_frame(one) for one in tables]), "All groups (CSV)")


def _gap(table: SubgroupTable, figure: str) -> float:
    values = [g.figures[figure].value for g in table.groups if figure in g.figures and not g.small]
    return max(values) - min(values) if len(values) > 1 else -1.0


def _said(table: SubgroupTable, figure: str) -> str:
    told = []
    gap = _gap(table, figure)
    if gap >= 0:
        told.append(f"Largest gap {gap:.3f}.")
        if table.p is not None and table.figure == figure:
            told.append(f"Chance alone does that with p = {table.p:.3f}.")
    else:
        told.append("Too few patients in these groups to speak of a gap.")
    without = [g.value for g in table.groups if figure not in g.figures]
    if without:
        told.append(f"Not measurable: {words.joined(without)}.")
    if table.unknown:
        told.append(f"Not known for {words.count(table.unknown, 'image')}.")
    return " ".join([*told, *table.notes])


def _unknown(room: Room, tables: tuple[SubgroupTable, ...]) -> None:
    there = {table.by for table in tables}
    gone = [title.lower() for name, title in PROPERTY_TITLES.items() if name not in there]
    if gone:
        st.caption(f"The same for every image, or not known: {words.joined(gone)}.")


def _frame(table: SubgroupTable) -> pd.DataFrame:
    rows = []
    for group in table.groups:
        row = {
            "by": table.by,
            "group": group.value,
            "images": group.cases,
            "patients": group.patients,
            "positives": group.positives,
            "small": group.small,
        }
        for key, found in group.figures.items():
            row |= {key: found.value, f"{key}_low": found.low, f"{key}_high": found.high}
        rows.append(row)
    return pd.DataFrame(rows)
