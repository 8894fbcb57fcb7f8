"""Before there is any dataset: what belongs here, and the one click that fills it."""

import streamlit as st

from ui.data import memory, phantom_form


def show(*, waiting: bool) -> None:
    if waiting:
        st.caption("The page opens the dataset as soon as it is ready. You may leave and return.")
        return
    st.html(
        '<div class="empty-room"><p><strong>No dataset is here yet.</strong> A dataset is a '
        "collection of mammograms with what is known of each: which breast, which view, and "
        "whether something was found. A model learns from it and is tested on it.</p>"
        "<p>To begin at once, let Mammolens draw one: synthetic patients with known findings, "
        "which need no permission and no download. It takes about a minute.</p></div>"
    )
    phantom_form.show("first")
    st.button(
        "I have mammograms of my own",
        icon=":material/folder_open:",
        on_click=memory.set_adding,
        args=(True,),
        key=memory.key("first.own"),
    )
