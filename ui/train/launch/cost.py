"""What the run will take, from a few of its steps; measured on request, kept for good."""

import html

import streamlit as st

from core.domain.training import TrainConfig
from core.errors import MammolensError
from core.services import background, estimate
from core.services.background import Job
from core.services.estimate import Estimate
from core.services.launching import Draft
from ui import frame, words
from ui.train import memory, terms

SECONDS = 1.0


def show(draft: Draft, config: TrainConfig) -> None:
    job = estimate.under_way(config)
    busy = job is not None and job.active
    st.fragment(_look, run_every=SECONDS if busy else None)(draft, config)


def _look(draft: Draft, config: TrainConfig) -> None:
    with frame.calm():
        found = estimate.known(config)
        if found:
            _figures(found)
            return
        job = estimate.under_way(config)
        if job and job.active:
            _measuring(job)
        else:
            _ask(draft, job)


def _figures(found: Estimate) -> None:
    memory_said = f"{found.memory_bytes / 1e9:.1f} GB"
    free = f"of {found.memory_free_bytes / 1e9:.0f} GB free"
    if found.gpu_bytes:
        free += f"; GPU {found.gpu_bytes / 1e9:.1f} GB"
    epoch = f"{words.figure(found.seconds_an_epoch)} s an epoch"
    speed = f"{words.figure(found.images_per_second)} images/s"
    cells = (
        ("Time, about", words.duration(found.seconds), f"{epoch}, {speed}"),
        ("Memory, about", memory_said, free),
    )
    rows = "".join(
        f"<dt>{head}</dt><dd>{html.escape(value)}<small>{html.escape(more)}</small></dd>"
        for head, value, more in cells
    )
    st.html(f'<dl class="estimate">{rows}</dl>')
    st.caption(
        f"Measured on the {found.device}. The network has {found.parameters:,} weights.",
        help=terms.explain("estimate"),
    )
    if not found.fits:
        st.warning(
            "This needs more memory than is free now. Choose a smaller batch, a smaller image "
            "size or a smaller model, or wait until other work is done.",
            icon=":material/memory:",
        )


def _measuring(job: Job) -> None:
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.caption(":material/timer: Measuring a few steps, some seconds")
    if right.button("Stop", key=memory.key("estimate.stop"), width="stretch"):
        background.cancel(job)


def _ask(draft: Draft, failed: Job | None) -> None:
    if failed:
        st.warning(f"It could not be measured. {failed.progress.message}")
    pressed = st.button(
        "Measure time and memory",
        icon=":material/timer:",
        key=memory.key("estimate.begin"),
        help=terms.explain("estimate"),
        width="stretch",
    )
    if pressed:
        try:
            estimate.begin(draft)
        except MammolensError as fault:
            st.error(str(fault))
            return
        st.rerun()
