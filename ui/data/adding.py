"""A new dataset: say where it is, have it checked, say how to prepare it, and go."""

import streamlit as st

from core.errors import MammolensError
from core.services import preparing
from core.services.dataset_choices import FormatChoice
from ui.data import checking, command, how_to_prepare, memory, phantom_form, where_it_is

FOLDER, ZIP, PHANTOM = "A folder on the server", "A zip from this computer", "A phantom set"


def show() -> None:
    st.header("Add a dataset", anchor=False)
    kind = st.segmented_control(
        "Where are the images?",
        [FOLDER, ZIP, PHANTOM],
        default=FOLDER,
        required=True,
        key=memory.key("add.kind"),
    )
    if kind == PHANTOM:
        st.markdown(
            "Mammolens draws synthetic patients with known findings. They need no permission and "
            "no download, and what is measured on them says nothing about patients."
        )
        phantom_form.show("add")
        return
    place = where_it_is.folder() if kind == FOLDER else where_it_is.zipped()
    if place is None:
        return
    path, chosen, options = place
    _prepare(path, chosen, options)


def _prepare(path: str, chosen: FormatChoice, options: list[str]) -> None:
    st.subheader("Check it", anchor=False)
    usable = checking.show(path, chosen, options)
    st.subheader("Prepare it", anchor=False)
    name, words = how_to_prepare.show(path, chosen)
    words = [chosen.name, path, *options, *words]
    if st.button(
        "Prepare the dataset",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not usable,
        key=memory.key("add.go"),
        help=None if usable else "The check found something that must be mended first.",
    ):
        _start(name, words)
    command.show(
        ("verify", chosen.name, path, *options),
        ("prepare", *words, "--name", name or "NAME"),
    )


def _start(name: str, words: list[str]) -> None:
    try:
        preparing.begin(name, words)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    memory.await_dataset(name)
    st.rerun()
