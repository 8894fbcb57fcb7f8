"""The second step of adding: every file and row that is wrong, before anything is prepared."""

from typing import Any

import streamlit as st

from core.errors import MammolensError
from core.services import background
from core.services.background import Errand, Job
from core.services.dataset_choices import FormatChoice
from ui import words
from ui.data import look, memory, work

KIND = "verify"
SHOWN = 100


def show(path: str, chosen: FormatChoice, options: list[str]) -> bool:
    """False only where a check has found what makes preparing impossible."""
    about = " ".join([chosen.name, path, *options])
    job = background.latest(KIND, about)
    busy = job is not None and job.active
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Check every file" if job is None else "Check again",
            icon=":material/fact_check:",
            disabled=busy,
            key=memory.key("add.check"),
            on_click=_start,
            args=(about, ("verify", chosen.name, path, *options)),
            help="Looks at tables, names and headers without decoding an image.",
        )
        if job is None:
            st.caption("Optional: unreadable files are left out and listed in any case.")
    if job is None:
        return True
    st.fragment(_watch, run_every=work.SECONDS if busy else None)(job, busy)
    return busy or _allows(job)


def _start(about: str, arguments: tuple[str, ...]) -> None:
    try:
        background.start(KIND, about, "Checking", [Errand("Checking the files", arguments)])
    except MammolensError as fault:
        st.toast(str(fault), icon=":material/error:")


def _watch(job: Job, was_busy: bool) -> None:
    progress = job.progress
    if job.active:
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.progress(min(1.0, progress.share), text=work.how_far(progress, "Checking the files"))
        if right.button("Stop", icon=":material/stop:", width="stretch", key="data.check.stop"):
            background.cancel(job)
        return
    if was_busy:
        st.rerun()
    if progress.state != "finished":
        st.error(progress.message, icon=":material/error:")
        return
    _report(job.result() or {})


def _allows(job: Job) -> bool:
    return bool((job.result() or {"ok": True}).get("ok", True))


def _report(document: dict[str, Any]) -> None:
    problems = document.get("problems", [])
    fatal = sum(bool(one["fatal"]) for one in problems)
    if not problems:
        st.success("Nothing is wrong with it.", icon=":material/check:")
        return
    if fatal:
        st.error(
            f"It cannot be prepared: {words.count(fatal, 'fault')} must be mended first.",
            icon=":material/error:",
        )
    else:
        st.warning(
            f"It can be prepared. {words.count(len(problems), 'fault')} found; what is wrong is "
            "left out.",
            icon=":material/warning:",
        )
    ordered = sorted(problems, key=lambda one: not one["fatal"])[:SHOWN]
    rows = [
        [
            "must be mended" if one["fatal"] else "",
            one["file"],
            str(one["row"] or ""),
            one["message"],
        ]
        for one in ordered
    ]
    with st.container(height=360 if len(rows) > 6 else "content"):
        look.table(("", "File", "Row", "What is wrong"), rows, "Faults of the dataset")
    if len(problems) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(problems):,}; the command line lists them all.")
