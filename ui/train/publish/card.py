"""The card of a model made from a run: shown as others see it, its words open to change."""

import streamlit as st

from core.errors import MammolensError
from core.services import card_texts
from core.services.card_texts import CardTexts
from core.services.catalogue import Bundle
from ui.components import model_card
from ui.evaluate.memory import await_evaluation
from ui.train import memory


def show(item: Bundle) -> None:
    with st.container(border=True, key=memory.key(f"card.{item.name}")):
        st.markdown(f":material/check_circle: Published as **{item.name}**")
        model_card.headline(item.card)
        with st.container(horizontal=True):
            _links(item)
        with st.expander("The whole card", icon=":material/badge:"):
            model_card.show(item.card)
        with st.expander("Change its words", icon=":material/edit:"):
            _edit(item)


def _links(item: Bundle) -> None:
    st.page_link("pages/1_Diagnose.py", label="Try it on Diagnose", icon=":material/troubleshoot:")
    if st.button(
        "Evaluate it", icon=":material/query_stats:", key=memory.key(f"card.go.{item.name}")
    ):
        await_evaluation([item.name], item.card.data.dataset)
        st.switch_page("pages/2_Evaluate.py")


def _edit(item: Bundle) -> None:
    texts = card_texts.texts_of(item.card)
    with st.form(memory.key(f"card.form.{item.name}"), border=False):
        title = st.text_input("Title", texts.title, max_chars=120)
        use = st.text_area("Intended use", texts.intended_use, height=80)
        st.caption("Found by the program, and always on the card:")
        st.markdown("\n".join(f"- {one}" for one in card_texts.found_out(item.card)) or "Nothing.")
        limits = st.text_area(
            "Further limitations, a sentence a line", "\n".join(texts.limitations), height=100
        )
        pressed = st.form_submit_button("Save", icon=":material/save:")
    st.caption("Figures, data and settings are as measured and cannot be changed.")
    if pressed:
        try:
            card_texts.edit(item.name, CardTexts(title, use, tuple(limits.splitlines())))
        except MammolensError as fault:
            st.error(str(fault), icon=":material/error:")
            return
        st.rerun()
