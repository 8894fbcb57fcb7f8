"""What is being made right now: how far, how fast, how long still, and a way to stop it.

The work goes on in processes of its own; this only looks at the files they write. It
looks again every second while something goes on, and not at all otherwise.
"""

import html
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core.services import background, datasets, phantom_sets, preparing
from core.services.background import Job, Progress
from ui import words
from ui.components import press
from ui.data import memory

SECONDS = 1.0
# These are shown where they were asked for.
ELSEWHERE = ("verify", "estimate")
# Jobs that make the dataset they are about.
_MAKERS = (phantom_sets.KIND, preparing.KIND)
_UNDER_WAY = ("reading", "running")


def show(items: list[dict[str, Any]]) -> bool:
    """Whether a dataset is on its way."""
    jobs = [job for job in background.jobs() if job.kind not in ELSEWHERE]
    busy = any(job.active for job in jobs) or any(_under_way(item) for item in items)
    st.fragment(_watch, run_every=SECONDS if busy else None)(busy)
    making = any(job.active and job.kind in _MAKERS for job in jobs)
    return making or any(_under_way(item) for item in items)


def _watch(was_busy: bool) -> None:
    """The whole page runs again when something has ended, as there may be more to show."""
    items = datasets.listing()
    jobs = [job for job in background.jobs() if job.kind not in ELSEWHERE]
    active = [job for job in jobs if job.active]
    preparing_elsewhere = [item for item in items if _under_way(item) and not _of(item, active)]
    if was_busy and not active and not preparing_elsewhere:
        st.rerun()
    for job in active:
        _job(job)
    for item in preparing_elsewhere:
        _preparation(item["name"])
    unfinished = [i for i in items if i["state"] not in (*_UNDER_WAY, "finished")]
    for item in unfinished:
        if not _of(item, active):
            _unfinished(item, _latest_maker(item["name"], jobs))
    known = {item["name"] for item in items}
    for job in jobs:
        over = not job.active and job.progress.state != "finished"
        if over and not (job.kind in _MAKERS and job.about in known):
            _ended(job)


def _under_way(item: dict[str, Any]) -> bool:
    return item["state"] in _UNDER_WAY


def _of(item: dict[str, Any], jobs: list[Job]) -> bool:
    """Made by one of these jobs, which then speaks for it."""
    return any(job.kind in _MAKERS and job.about == item["name"] for job in jobs)


def _job(job: Job) -> None:
    progress = job.progress
    _bar(job.title, progress, f"stop.{job.id}", background.cancel, job, doing=progress.message)


def _preparation(name: str) -> None:
    progress = datasets.progress(name)
    if progress:
        _bar(f"Preparing “{name}”", progress, f"stop.{name}", datasets.cancel, name)


def _bar(
    title: str,
    progress: Progress,
    key: str,
    stop: Callable[[Any], None],
    target: Any,
    doing: str = "",
) -> None:
    with st.container(border=True, key=memory.key(f"work.{key}")):
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.progress(min(1.0, progress.share), text=f"**{title}** · {how_far(progress, doing)}")
        with right:
            _press("Stop", key, stop, target, "stop")


def how_far(progress: Progress, doing: str = "") -> str:
    if not progress.total:
        return doing or "Looking at what there is"
    parts = [doing, f"{progress.done:,} of {progress.total:,}"]
    if progress.per_second > 0:
        parts.append(f"{words.figure(progress.per_second)} a second")
    if progress.seconds_left is not None and progress.done < progress.total:
        parts.append(f"about {words.duration(progress.seconds_left)} left")
    if progress.quarantined:
        parts.append(f"{progress.quarantined:,} could not be read")
    return ", ".join(part for part in parts if part)


def _latest_maker(name: str, jobs: list[Job]) -> Job | None:
    return next((job for job in jobs if job.kind in _MAKERS and job.about == name), None)


def _unfinished(item: dict[str, Any], maker: Job | None) -> None:
    name = item["name"]
    done = f" {words.count(item['images'], 'image')} done so far." if item["images"] else ""
    said = item["message"] or (maker.progress.message if maker else "")
    with st.container(border=True, key=memory.key(f"work.rest.{name}")):
        left, middle, right = st.columns([5, 1, 1], vertical_alignment="center")
        left.markdown(f"**{name}** is {item['state']}.{done} {html.escape(said)}")
        with middle:
            _press("Go on", f"go.{name}", _go_on, name, "play_arrow")
        with right:
            _press("Delete", f"del.{name}", datasets.delete, name, "delete")


def _go_on(name: str) -> None:
    preparing.go_on(name)
    memory.await_dataset(name)


def _ended(job: Job) -> None:
    with st.container(border=True, key=memory.key(f"work.ended.{job.id}")):
        left, right = st.columns([6, 1], vertical_alignment="center")
        progress = job.progress
        left.markdown(f"**{job.title}**: {progress.state}. {html.escape(progress.message)}")
        with right:
            _press("Dismiss", f"bye.{job.id}", background.forget, job, "close")


def _press(label: str, key: str, action: Callable[[Any], None], target: Any, icon: str) -> None:
    press.show(label, memory.key(key), partial(action, target), icon, width="stretch")
