"""Loads the model behind the page, and not before the page is on the screen.

A tiny script in the browser says when the page has been painted; only then does the
server start to load, which takes seconds and a whole core.
"""

import threading
from functools import lru_cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SCRIPT = """
export default function ({ setTriggerValue, data }) {
  if (window.mammolensPainted === data.model) return;
  window.mammolensPainted = data.model;
  requestAnimationFrame(() => setTimeout(() => setTriggerValue("painted", true), 150));
}
"""


def _nothing() -> None:
    """The trigger needs a callback to exist; the fragment's own run does the work."""


@lru_cache(maxsize=1)
def _beacon() -> ComponentRenderer:
    """Registered when a page has been drawn: the first time looks through every package."""
    return st.components.v2.component("mammolens_painted", js=_SCRIPT)


@st.fragment
def behind_the_page(model: str | None) -> None:
    if model is None:
        return
    with st.container(key="unseen-beacon"):
        signal = _beacon()(key="painted", data={"model": model}, on_painted_change=_nothing)
    if signal.painted:
        _start(model)


@lru_cache(maxsize=8)
def _start(model: str) -> None:
    """Once for each model and server, whoever comes first."""
    threading.Thread(target=_load, args=(model,), name=f"warm-{model}", daemon=True).start()


def _load(model: str) -> None:
    """First what Diagnose shows at once, then the model, which takes longest."""
    # Imported here, because the first page comes before numpy and all that follows it.
    from core.services import inference, samples
    from ui import charts  # noqa: F401

    for sample in samples.samples()[:1]:
        samples.open_sample(sample.id)
    inference.warm_up(model)
