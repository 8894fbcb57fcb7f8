"""What is being evaluated right now: how far, how long still, and a way to stop it.

The work goes on in processes of its own; this only looks at the files they write. It
looks again every second while something goes on, and not at all otherwise.
"""

import html

import streamlit as st

from core.errors import MammolensError
from core.services import background, evaluation_job
from core.services.background import Job
from ui.data.work import how_far
from ui.evaluate import memory

SECONDS = 1.0


def busy() -> bool:
    """Whether an evaluation is under way."""
    return any(job.active for job in _jobs())


def show() -> None:
    active = busy()
    st.fragment(_watch, run_every=SECONDS if active else None)(active)


def _jobs() -> list[Job]:
    return [job for job in background.jobs() if job.kind == evaluation_job.KIND]


def _watch(was_busy: bool) -> None:
    """The whole page runs again when something has ended, as there may be more to show."""
    jobs = _jobs()
    active = [job for job in jobs if job.active]
    if was_busy and not active:
        st.rerun()
    for job in active:
        _bar(job)
    for job in jobs:
        if not job.active and job.progress.state != "finished":
            _ended(job)


def _bar(job: Job) -> None:
    progress = job.progress
    with st.container(border=True, key=memory.key(f"work.{job.id}")):
        left, right = st.columns([6, 1], vertical_alignment="center")
        said = how_far(progress, progress.message)
        left.progress(min(1.0, progress.share), text=f"**{job.title}** · {said}")
        step = _step(job)
        if step:
            left.caption(step)
        with right:
            if st.button(
                "Stop", key=memory.key(f"stop.{job.id}"), icon=":material/stop:", width="stretch"
            ):
                _quietly(job)


def _step(job: Job) -> str:
    titles = [errand.title for errand in job.errands]
    said = job.progress.message
    if len(titles) < 2 or said not in titles:
        return ""
    return f"Step {titles.index(said) + 1} of {len(titles)}. You may leave this page and return."


def _quietly(job: Job) -> None:
    """A refusal is said beside the button; otherwise the whole page looks again."""
    try:
        background.cancel(job)
    except (MammolensError, OSError) as fault:
        st.error(str(fault), icon=":material/error:")
        return
    st.rerun()


def _ended(job: Job) -> None:
    with st.container(border=True, key=memory.key(f"ended.{job.id}")):
        left, right = st.columns([6, 1], vertical_alignment="center")
        progress = job.progress
        left.markdown(f"**{job.title}**: {progress.state}. {html.escape(progress.message)}")
        if right.button(
            "Dismiss", key=memory.key(f"bye.{job.id}"), icon=":material/close:", width="stretch"
        ):
            background.forget(job)
            st.rerun()
