"""Widgets for the parameters of a step, drawn from what the step says of them.

A new step needs nothing here: its description says what kind each parameter is, where it
ends, and what it does.
"""

import math
from typing import Any

import streamlit as st

from core.services.bench import Parameter, Step, Value
from ui.data import memory


def show(key: str, step: Step, params: dict[str, Any]) -> dict[str, Value]:
    """Only what differs from the defaults, as a spec keeps it."""
    chosen = {
        one.name: _one(f"{key}.{one.name}", one, params.get(one.name, one.default))
        for one in step.parameters
    }
    defaults = step.defaults()
    return {name: value for name, value in chosen.items() if value != defaults[name]}


def _one(key: str, one: Parameter, value: Any) -> Value:
    at, hint = memory.key(key), one.help or None
    if one.kind is bool:
        return bool(st.toggle(one.title, bool(value), key=at, help=hint))
    if one.choices:
        place = one.choices.index(value) if value in one.choices else 0
        return str(st.selectbox(one.title, one.choices, place, key=at, help=hint))
    if one.low is None or one.high is None:
        return _free(at, one, value)
    return _bounded(at, one, value, one.low, one.high)


def _bounded(at: str, one: Parameter, value: Any, low: float, high: float) -> Value:
    hint = one.help or None
    if one.kind is int:
        whole = min(max(int(low), int(value)), int(high))
        return int(st.slider(one.title, int(low), int(high), whole, key=at, help=hint))
    step = fine(low, high)
    number = min(max(low, float(value)), high)
    return float(
        st.slider(
            one.title, float(low), float(high), number, step=step, format="%g", key=at, help=hint
        )
    )


def _free(at: str, one: Parameter, value: Any) -> Value:
    hint = one.help or None
    if one.kind is int:
        return int(st.number_input(one.title, value=int(value), step=1, key=at, help=hint))
    if one.kind is float:
        return float(st.number_input(one.title, value=float(value), key=at, help=hint))
    return str(st.text_input(one.title, str(value), key=at, help=hint))


def fine(low: float, high: float) -> float:
    """A round step that cuts the range into a hundred or more."""
    return float(10.0 ** math.floor(math.log10((high - low) / 100 or 1.0)))
