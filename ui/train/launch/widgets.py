"""One widget for one setting, from what the dataclasses say of it.

A widget changes the draft before the page runs, so that everything drawn agrees with it.
"""

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.services import launching
from core.services.setting_fields import Setting
from ui.train import memory
from ui.train.launch import draft

# Finer than a hundredth of a range that reaches to 100.
_STEPS = {"learning_rate": 1e-4, "weight_decay": 1e-4, "checkpoint_seconds": 30.0}
_MOST_STEPS = 20


def key(name: str) -> str:
    return memory.key(f"set.{draft.edition()}.{name}")


def label(setting: Setting, value: Any, usual: Any) -> str:
    """What differs from the recipe stands out, with what the recipe says."""
    if value == usual:
        return setting.title
    return f":orange[**{setting.title}**] · recipe: {brief(usual)}"


def brief(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    said = launching.said(value) if not isinstance(value, str) else value
    return said if len(said) <= 24 else f"{said[:22]}…"


def show(setting: Setting, value: Any, usual: Any) -> None:
    _DRAW[setting.kind](setting, label(setting, value, usual), value, taking(setting.key, usual))


def taking(
    name: str, usual: Any, read: Callable[[Any], Any] = lambda value: value
) -> dict[str, Any]:
    """What a widget needs to change the draft; `read` turns its value into the setting's."""
    at = key(name)

    def take() -> None:
        draft.change(name, read(st.session_state[at]), usual)

    return {"key": at, "on_change": take}


Taking = dict[str, Any]


def _switch(setting: Setting, title: str, value: Any, take: Taking) -> None:
    st.toggle(title, bool(value), help=setting.help, **take)


def _choice(setting: Setting, title: str, value: Any, take: Taking) -> None:
    options = setting.choices if value in setting.choices else (*setting.choices, str(value))
    st.selectbox(title, options, options.index(str(value)), help=setting.help, **take)


def _whole(setting: Setting, title: str, value: Any, take: Taking) -> None:
    high = None if setting.high is None else int(setting.high)
    low = None if setting.low is None else int(setting.low)
    st.number_input(title, low, high, int(value), step=1, help=setting.help, **take)


def _number(setting: Setting, title: str, value: Any, take: Taking) -> None:
    low = 0.0 if setting.low is None else float(setting.low)
    high = None if setting.high is None else float(setting.high)
    step = _STEPS.get(setting.key, _step(high))
    st.number_input(
        title, low, high, float(value), step=step, format="%g", help=setting.help, **take
    )


def _step(high: float | None) -> float:
    return 1.0 if high is None else 10.0 ** math.floor(math.log10(high / _MOST_STEPS))


def _text(setting: Setting, title: str, value: Any, take: Taking) -> None:
    st.text_input(title, str(value), help=setting.help, **take)


_DRAW: dict[str, Callable[[Setting, str, Any, Taking], None]] = {
    "switch": _switch,
    "choice": _choice,
    "whole": _whole,
    "number": _number,
    "text": _text,
}
