"""The end of what the run's process printed, read only when it is looked at."""

import html

import streamlit as st

from core.services import run_log
from core.services.run_table import RunRow
from ui.train import memory


def show(row: RunRow) -> None:
    with st.expander(
        "Log", icon=":material/article:", on_change="rerun", key=memory.key("watch.log")
    ) as room:
        if not room.open:
            return
        lines = run_log.tail(row.path)
        if not lines:
            st.caption("Nothing has been printed.")
            return
        st.caption(f"The last {len(lines)} lines of {row.path / 'log.txt'}, the newest first.")
        text = html.escape("\n".join(reversed(lines)))
        st.html(f'<pre class="run-log" tabindex="0" aria-label="Log">{text}</pre>')
