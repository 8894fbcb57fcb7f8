"""The curves of the picked runs over one axis of epochs, smoothed on request, and to be saved."""

import streamlit as st

from core.services import curve_table, repeats, run_curves
from core.services.run_table import RunRow
from ui import charts_train, words
from ui.components import live_chart
from ui.train import measures, memory
from ui.train.compare.drawing import BOTH, HEIGHT, TRAINING, VALIDATION, Wish, drawn

WIDTHS = (1, 3, 5, 9, 15, 25, 51)


def show(rows: list[RunRow]) -> None:
    wish = _wish(rows)
    shown, left = rows[: charts_train.MOST_LINES], rows[charts_train.MOST_LINES :]
    versions = tuple(run_curves.history(row.path).version for row in shown)
    figure, lines = drawn(tuple(row.id for row in shown), versions, wish)
    if not lines:
        st.caption(
            f"None of the picked runs has a figure for {measures.title(wish.measure)} yet: it "
            "comes with the end of the first epoch."
        )
    else:
        _chart(figure, wish, shown)
    if left:
        st.caption(f"Only the first {len(shown)} of {len(rows)} picked runs are drawn.")
    _save(rows, wish)


def _wish(rows: list[RunRow]) -> Wish:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.segmented_control(
            "Measure",
            run_curves.MEASURES,
            default="auc",
            required=True,
            format_func=measures.title,
            key=memory.key("compare.measure"),
            persist_state="session",
        )
        part = st.segmented_control(
            "Images",
            [VALIDATION, TRAINING, BOTH],
            default=VALIDATION,
            required=True,
            key=memory.key("compare.part"),
            persist_state="session",
            help="Validation images are not learned from, so their curves say more.",
        )
        smooth = st.select_slider(
            "Smoothing (epochs)",
            WIDTHS,
            key=memory.key("compare.smooth"),
            persist_state="session",
            width=220,
            help="Every point becomes the mean of so many neighbouring epochs. What is saved as "
            "CSV is never smoothed.",
        )
        together = _together(rows)
    return Wish(str(measure), str(part), int(smooth), together)


def _together(rows: list[RunRow]) -> bool:
    repeated = any(len(group.runs) > 1 for group in repeats.groups(rows))
    return bool(
        st.toggle(
            "Mean of repeats",
            key=memory.key("compare.together"),
            disabled=not repeated,
            persist_state="session",
            help="Runs that differ in their seed alone become one line, their mean, in a band of "
            "one standard deviation to either side. Pick at least two such runs.",
        )
        and repeated
    )


def _chart(figure: str, wish: Wish, rows: list[RunRow]) -> None:
    title = measures.title(wish.measure)
    with st.container(border=True, key=memory.key("compare.card")):
        st.markdown(f"**{title}**", help=measures.explain(wish.measure))
        live_chart.show(
            memory.key("compare.plot"),
            figure,
            alt=f"{title} by epoch of {words.count(len(rows), 'run')}",
            file_name=f"compare-{wish.measure}",
            height=HEIGHT + 22 * min(8, len(rows) // 3),
        )
        st.caption(
            "A click on a name hides it, a double click shows it alone; drag to zoom, double "
            "click to see all again. The chart's own menu saves a picture, PNG or SVG."
        )


def _save(rows: list[RunRow], wish: Wish) -> None:
    st.download_button(
        "All curves of the picked runs (CSV)",
        data=lambda: curve_table.csv(curve_table.long(rows)).encode(),
        file_name="curves.csv",
        mime="text/csv",
        icon=":material/download:",
        key=memory.key("compare.csv"),
        on_click="ignore",
        help="Every measure of every epoch, not thinned and not smoothed.",
    )
