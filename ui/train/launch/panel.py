"""What the settings come to: what is in the way, what it will take, and the Start button."""

from typing import Any

import streamlit as st

from core.domain.training import TrainConfig
from core.errors import MammolensError
from core.services import launching, preflight, queue, run_table, runs, setting_fields
from core.services.launching import Draft
from core.services.preflight import Obstacle
from ui import words
from ui.data import command
from ui.train import memory, terms
from ui.train.launch import cost, device, draft, saved, widgets


def show(
    chosen: Draft,
    config: TrainConfig | None,
    fault: str,
    usual: dict[str, Any],
    values: dict[str, Any],
) -> None:
    """`config` is None where `fault` says what is wrong with it."""
    found = preflight.obstacles(config) if config else [Obstacle(fault)]
    with st.container(key="train-start"):
        pressed = st.button(
            "Start",
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=bool(found),
            key=memory.key("start"),
        )
    if config and pressed:
        _start(config)
    _obstacles(found)
    if config and not found:
        _when()
        cost.show(chosen, config)
    if config:
        device.show(config)
    _differences(usual, values)
    saved.show(config)
    command.show(launching.command(chosen))


def _start(config: TrainConfig) -> None:
    try:
        preflight.refuse(config)
        folder = runs.start(config)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    memory.choose_run(folder.id)
    memory.open_next(memory.RUNS)
    st.toast(f"Run {folder.id} is on its way.", icon=":material/play_arrow:")
    st.rerun(scope="app")


def _obstacles(found: list[Obstacle]) -> None:
    for number, obstacle in enumerate(found):
        st.warning(obstacle.sentence, icon=":material/block:")
        if obstacle.settings:
            st.button(
                obstacle.remedy,
                icon=":material/build:",
                key=memory.key(f"remedy.{draft.edition()}.{number}"),
                on_click=draft.apply,
                args=(dict(obstacle.settings),),
                width="stretch",
            )
        elif number == len(found) - 1:
            st.page_link("pages/4_Data.py", label="Open Data", icon=":material/database:")


def _when() -> None:
    """Whether it begins at once is the first thing one wants to know."""
    busy = run_table.active(run_table.rows())
    waiting = len(queue.waiting()) if busy else 0
    if waiting:
        st.caption(f"{words.count(waiting, 'run')} in the queue before it.")
    elif busy:
        st.caption("Another run is at work. This one begins as soon as its device is free.")


def _differences(usual: dict[str, Any], values: dict[str, Any]) -> None:
    """Each is one click away from what the recipe says."""
    changed = [
        name
        for name, value in values.items()
        if usual.get(name) != value and name not in ("title", "split") and name in usual
    ]
    if not changed:
        return
    titles = setting_fields.settings()
    st.caption(f"Different from the recipe: {words.count(len(changed), 'setting')}. Click to undo.")
    with st.container(horizontal=True, key="train-changed"):
        for name in changed:
            st.button(
                f"{titles[name].title}: {widgets.brief(values[name])}",
                icon=":material/undo:",
                key=memory.key(f"undo.{draft.edition()}.{name}"),
                on_click=draft.reset,
                args=(name,),
                help=f"Back to {widgets.brief(usual[name])}",
            )
    if len(changed) > 1:
        st.button(
            "Undo all",
            type="tertiary",
            key=memory.key("undo.all"),
            on_click=draft.reset,
            help=terms.explain("recipe"),
        )
