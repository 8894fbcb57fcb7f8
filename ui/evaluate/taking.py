"""Everything as one file to take along: a report for the screen, and one for paper."""

from collections.abc import Callable

import streamlit as st

from core.services import evaluation_report
from ui.data import command
from ui.evaluate import memory, offers, stock
from ui.evaluate.room import Room


def show(room: Room) -> None:
    st.markdown(
        "One file with everything on this page and the model's card: every figure with its "
        "interval, the curves, the table by class, the groups, the worst errors with heatmap and "
        "finding, your notes, and what to keep in mind. It loads nothing from anywhere."
    )
    made = _made(room)
    names = "-".join(item.name for item in room.items)
    with st.container(horizontal=True):
        for label, ending, mime, key in (
            ("Make the HTML report", "html", "text/html", "report.html"),
            ("Make the PDF report", "pdf", "application/pdf", "report.pdf"),
        ):
            st.download_button(
                label,
                data=made[ending],
                file_name=f"evaluation-{names}-{room.wish.dataset}.{ending}",
                mime=mime,
                icon=":material/download:",
                key=memory.key(key),
                on_click="ignore",
                type="primary" if ending == "html" else "secondary",
            )
    st.caption("Making it takes some seconds: the worst errors are drawn with their heatmaps.")
    moved = ["--threshold", f"{room.first.found.threshold:.3f}"] if room.first.moved else []
    command.show(
        offers.evaluate_words(room.wish, *moved, "--html", "report.html", "--pdf", "report.pdf")
    )


def _made(room: Room) -> dict[str, Callable[[], bytes]]:
    """Measured now; the file itself is only made when somebody asks for it."""
    done = [stock.at_present(item, room.wish) for item in room.items]
    differences = stock.differences(room.items, room.wish) if room.several else ()
    found = [item.found for item in room.items]
    return {
        "html": lambda: evaluation_report.report(done, differences, found).encode(),
        "pdf": lambda: evaluation_report.pdf(done, differences, found),
    }
