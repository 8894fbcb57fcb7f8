"""On what it computes: the processor, any GPU, or certain ones; with what each is doing now."""

import html
import os

import psutil
import streamlit as st

from core.domain.training import TrainConfig
from core.services import computing
from core.services.computing import Gpu
from ui.train import memory
from ui.train.launch import draft

PROCESSOR, ANY = "Processor", "Any free GPU"


def show(config: TrainConfig) -> None:
    found = computing.gpus()
    if not found:
        st.html(f'<p class="device">{_processor()}<br><small>No GPU was found.</small></p>')
        return
    names = {PROCESSOR: None, ANY: None, **{f"GPU {gpu.index}": gpu for gpu in found}}
    at = memory.key(f"device.{draft.edition()}")
    st.pills(
        "Device",
        list(names),
        selection_mode="multi",
        default=_chosen(config, found),
        key=at,
        on_change=lambda: _take(st.session_state[at], config),
        help="Several GPUs share every batch. A run waits until those it asks for are free.",
    )
    st.html("".join(f'<p class="device">{_described(gpu)}</p>' for gpu in found))
    if command := computing.command_for_gpu(config.backend):
        st.caption(
            f"{config.backend} cannot use these GPUs yet and trains on the processor. "
            "This makes it see them:"
        )
        st.code(command, language="sh", wrap_lines=True)


def _chosen(config: TrainConfig, found: list[Gpu]) -> list[str]:
    if config.gpus == 0:
        return [PROCESSOR]
    if config.devices:
        return [f"GPU {gpu.index}" for gpu in found if f"gpu:{gpu.index}" in config.devices]
    return [ANY]


def _take(picked: list[str], config: TrainConfig) -> None:
    """The latest choice wins where processor, any and certain ones contradict each other."""
    before = [PROCESSOR] if config.gpus == 0 else [] if config.devices else [ANY]
    new = [name for name in picked if name not in before]
    certain = [name.replace("GPU ", "gpu:") for name in picked if name.startswith("GPU ")]
    if PROCESSOR in new or picked == [PROCESSOR]:
        draft.change("gpus", 0)
        draft.change("devices", [], [])
    elif certain and ANY not in new:
        draft.change("devices", certain, [])
        draft.change("gpus", len(certain), 1)
    else:
        draft.change("devices", [], [])
        draft.change("gpus", 1, 1)
    draft.renew()


def _processor() -> str:
    cores = psutil.cpu_count(logical=True) or os.cpu_count() or 1
    free = psutil.virtual_memory().available / 1e9
    return f"Processor, {cores} cores, {free:.0f} GB of memory free"


def _described(gpu: Gpu) -> str:
    load = "" if gpu.load is None else f" {gpu.load:.0%} busy"
    meter = f'<span class="meter"><span style="width:{(gpu.load or 0):.0%}"></span></span>'
    used = f"{gpu.used_gb:g} of {gpu.memory_gb:g} GB in use"
    return f"GPU {gpu.index} · {html.escape(gpu.name)} {meter}{load}<br><small>{used}</small>"
