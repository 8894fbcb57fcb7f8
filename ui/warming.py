"""Loads the model behind the page, and not before the page is on the screen.

A tiny script in the browser says when the page has been painted; only then does the
server start to load, which takes seconds and a whole core.
"""

import streamlit as st

from core.services import inference

_SCRIPT = """
export default function ({ setTriggerValue, data }) {
  if (window.mammolensPainted === data) return;
  window.mammolensPainted = data;
  requestAnimationFrame(() => setTimeout(() => setTriggerValue("painted", true), 150));
}
"""
_beacon = st.components.v2.component("mammolens_painted", js=_SCRIPT)


def _nothing() -> None:
    """The trigger needs a callback to exist; the fragment's own run does the work."""


@st.fragment
def behind_the_page(model: str | None) -> None:
    if model is None or inference.is_warm(model):
        return
    with st.container(key="unseen-beacon"):
        signal = _beacon(key="painted", data=model, on_painted_change=_nothing)
    if signal.painted:
        inference.warm_up(model)
