"""Every curve of a run to take along, unthinned."""

import streamlit as st

from core.services import curve_table
from core.services.run_table import RunRow
from ui.train import memory


def show(row: RunRow) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Curves by epoch (CSV)",
            data=lambda: curve_table.csv(curve_table.long([row])).encode(),
            file_name=f"{row.id}-curves.csv",
            mime="text/csv",
            icon=":material/download:",
            key=memory.key("watch.csv"),
            on_click="ignore",
        )
        st.download_button(
            "Live losses (CSV)",
            data=lambda: curve_table.csv(curve_table.live(row)).encode(),
            file_name=f"{row.id}-live.csv",
            mime="text/csv",
            icon=":material/download:",
            key=memory.key("watch.live.csv"),
            on_click="ignore",
            help="What the run recorded between the ends of epochs.",
        )
        st.caption("A chart's own menu saves it as a picture, PNG or SVG.")
