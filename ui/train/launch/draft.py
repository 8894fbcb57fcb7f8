"""The run this session is putting together, and how another run or preset becomes one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.domain.training import TrainConfig
from core.services import launching
from core.services.launching import Draft
from ui.train import memory

_DRAFT, _ORIGIN, _EDITION = (memory.key(name) for name in ("draft", "origin", "edition"))
# What belongs to the machine and the data rather than to the recipe.
_STAYS = ("split", "backend", "gpus", "devices", "seed")


def begin_from(config: TrainConfig, *, from_run: str | None = None) -> None:
    """Opens "New run" with these settings at the page's next run (`st.rerun` or a callback)."""
    keep(launching.draft_of(config))
    st.session_state[_ORIGIN] = from_run
    memory.open_next(memory.NEW)


def current() -> Draft | None:
    kept: Draft | None = st.session_state.get(_DRAFT)
    return kept


def origin() -> str | None:
    """The run this one is a copy of."""
    run: str | None = st.session_state.get(_ORIGIN)
    return run


def keep(draft: Draft) -> None:
    """Another draft altogether: its widgets begin anew."""
    st.session_state[_DRAFT] = draft
    st.session_state[_ORIGIN] = None
    renew()


def edition() -> int:
    """Part of every widget's key, so that widgets of an earlier draft say nothing."""
    number: int = st.session_state.get(_EDITION, 0)
    return number


def renew() -> None:
    """All widgets are drawn anew from the draft."""
    st.session_state[_EDITION] = edition() + 1


def choose(**chosen: str) -> None:
    """Another dataset, recipe or model; what was changed by hand goes where it has no place."""
    draft = st.session_state[_DRAFT]
    settings = dict(draft.settings)
    if "dataset" in chosen:
        settings.pop("split", None)
    if "recipe" in chosen:
        chosen = {"model": "", **chosen}
        settings = {name: value for name, value in settings.items() if name in _STAYS}
    if "model" in chosen:
        settings = {k: v for k, v in settings.items() if not k.startswith("model.")}
    st.session_state[_DRAFT] = replace(draft, settings=settings, **chosen)
    renew()


def change(name: str, value: Any, usual: Any = None) -> None:
    """One setting, by its dotted name; the usual value is no difference."""
    draft = st.session_state[_DRAFT]
    kept = {key: old for key, old in draft.settings.items() if key != name}
    if name == "sequence":
        kept = {key: old for key, old in kept.items() if not key.startswith("sequence.")}
    if value != usual:
        kept[name] = value
    st.session_state[_DRAFT] = replace(draft, settings=kept)


def apply(settings: Mapping[str, Any]) -> None:
    """Several at once, as a remedy needs it."""
    draft = st.session_state[_DRAFT]
    st.session_state[_DRAFT] = replace(draft, settings={**draft.settings, **settings})
    renew()


def reset(*names: str) -> None:
    """Back to what recipe and model give; without names, everything."""
    draft = st.session_state[_DRAFT]
    kept = {k: v for k, v in draft.settings.items() if names and k not in names}
    st.session_state[_DRAFT] = replace(draft, settings=kept)
    renew()
