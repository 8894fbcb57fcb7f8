"""The steps on the bench: their settings, their order, and adding or leaving out one."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.services import bench
from core.services.bench import Step
from ui.data import memory, step_widgets
from ui.data.bench_draft import Draft, DraftStep


def show(draft: Draft) -> list[DeltaGenerator]:
    """Draws the settings of every step; returns the places for pictures of those in use."""
    known = bench.steps()
    places = [_row(draft, one, place, known) for place, one in enumerate(draft.steps)]
    return [place for place, one in zip(places, draft.steps, strict=True) if one.on]


def _row(draft: Draft, one: DraftStep, place: int, known: dict[str, Step]) -> DeltaGenerator:
    step = known.get(one.step)
    with st.container(border=True, key=memory.key(f"step.{one.uid}")):
        left, right = st.columns([1, 1.7], gap="medium")
        with left:
            _head(draft, one, place, step)
            if step and one.on:
                st.caption(step.help)
                one.params = step_widgets.show(f"step.{one.uid}.set", step, one.params)
            elif not step:
                st.warning(f"There is no step {one.step!r} in this version.")
        if not one.on:
            right.caption("Switched off: the image goes on unchanged.")
    return right


def _head(draft: Draft, one: DraftStep, place: int, step: Step | None) -> None:
    title = step.title if step else one.step
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        one.on = st.toggle(
            f"**{place + 1}. {title}**", one.on, key=memory.key(f"step.{one.uid}.on")
        )
        st.space("stretch")
        _move(draft, one, "up", -1, disabled=place == 0)
        _move(draft, one, "down", 1, disabled=place + 1 == len(draft.steps))
        st.button(
            f"Take {title} away",
            icon=":material/delete:",
            key=memory.key(f"icon.{one.uid}.remove"),
            type="tertiary",
            on_click=draft.remove,
            args=(one.uid,),
        )


def _move(draft: Draft, one: DraftStep, way: str, by: int, *, disabled: bool) -> None:
    st.button(
        f"Move {way}",
        icon=f":material/arrow_{way}ward:",
        key=memory.key(f"icon.{one.uid}.{way}"),
        type="tertiary",
        disabled=disabled,
        on_click=draft.move,
        args=(one.uid, by),
    )


def addition(draft: Draft) -> None:
    known = bench.steps()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Another step",
            list(known),
            format_func=lambda name: f"{known[name].title}: {known[name].help}",
            key=memory.key("bench.next"),
        )
        st.button(
            "Add this step",
            icon=":material/add:",
            key=memory.key("bench.add"),
            on_click=draft.add,
            args=(chosen,),
        )
