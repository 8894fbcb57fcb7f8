"""Work in a process of its own, as it goes on: how far, and a way to stop it."""

import html
from collections.abc import Callable

import streamlit as st

from core.services import background
from core.services.background import Job
from ui import frame
from ui.data.work import how_far
from ui.train import memory

SECONDS = 1.0


def show(latest: Callable[[], Job | None]) -> bool:
    """Whether it goes on; the whole page runs again when it has ended."""
    job = latest()
    if job is None:
        return False
    if job.active:
        st.fragment(_watch, run_every=SECONDS)(latest)
    elif job.progress.state != "finished":
        st.error(html.escape(job.progress.message), icon=":material/error:")
    return job.active


def _watch(latest: Callable[[], Job | None]) -> None:
    with frame.calm():
        job = latest()
        if job is None or not job.active:
            st.rerun()
        progress = job.progress
        left, right = st.columns([6, 1], vertical_alignment="center")
        doing = how_far(progress, progress.message)
        left.progress(min(1.0, progress.share), text=f"**{job.title}** · {doing}")
        if right.button("Stop", icon=":material/stop:", key=memory.key(f"job.{job.id}")):
            background.cancel(job)
