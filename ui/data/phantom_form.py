"""One click makes a dataset: synthetic patients are drawn and prepared in the background."""

import streamlit as st

from core.errors import MammolensError
from core.services import phantom_sets
from ui import words
from ui.data import command, memory


def show(key: str) -> None:
    above = st.container(horizontal=True, vertical_alignment="center")
    with st.expander("Choose how many and how hard", icon=":material/tune:"):
        name, patients, difficulty, seed = _settings(key)
    with above:
        pressed = st.button(
            "Make a phantom set",
            type="primary",
            icon=":material/play_arrow:",
            key=memory.key(f"{key}.make"),
        )
        st.caption(f"{patients * 4:,} images of {words.count(patients, 'synthetic patient')}.")
    if pressed:
        _make(name, patients, difficulty, seed)
    made = phantom_sets.errands(name, phantom_sets.folder(name), patients, difficulty, seed)
    command.show(*(errand.arguments for errand in made))


def _settings(key: str) -> tuple[str, int, float, int]:
    name = st.text_input(
        "Name of the set", phantom_sets.free_name(), key=memory.key(f"{key}.name"), max_chars=64
    )
    left, middle, right = st.columns(3)
    patients = left.number_input(
        "Patients",
        2,
        5000,
        phantom_sets.PATIENTS,
        key=memory.key(f"{key}.patients"),
        help="Four images each: both breasts, each from above and from the side.",
    )
    difficulty = middle.slider(
        "Difficulty",
        0.0,
        1.0,
        0.5,
        step=0.05,
        key=memory.key(f"{key}.difficulty"),
        help="0: every finding is plain to see. 1: many are at the limit of sight.",
    )
    seed = right.number_input(
        "Seed",
        0,
        2**31 - 1,
        0,
        key=memory.key(f"{key}.seed"),
        help="The same seed draws the same patients again.",
    )
    return name.strip(), int(patients), difficulty, int(seed)


def _make(name: str, patients: int, difficulty: float, seed: int) -> None:
    try:
        phantom_sets.make(name, patients=patients, difficulty=difficulty, seed=seed)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    memory.await_dataset(name)
    st.rerun()
