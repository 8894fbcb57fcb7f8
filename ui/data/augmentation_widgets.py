"""Widgets for the random changes of training, drawn from the rules of their settings."""

from typing import Any, Literal, get_args, get_origin, get_type_hints

import streamlit as st

from core.domain.settings import Rule, split
from core.domain.training import Augmentation
from ui.data import memory, step_widgets

# A question of how training stores versions, not of how they look.
_ELSEWHERE = ("copies",)
_TITLES = {
    "flip": "Mirror",
    "upend": "Mirror top and bottom",
    "rotation": "Rotation in degrees",
    "elastic": "Elastic, in pixels",
    "elastic_grid": "Elastic grid",
}
# Beyond these no mammogram is like one any more; the command line allows more.
_USEFUL = {"noise": 0.2, "elastic": 20.0, "shear": 0.5}


def show(key: str, usual: Augmentation) -> Augmentation:
    hints = get_type_hints(Augmentation, include_extras=True)
    chosen: dict[str, Any] = dict(vars(usual))
    for name, hint in hints.items():
        hidden = name in _ELSEWHERE or (name == "elastic_grid" and not chosen["elastic"])
        if not hidden:
            plain, rule = split(hint)
            chosen[name] = _widget(f"{key}.{name}", name, plain, rule or Rule(""), chosen[name])
    return Augmentation(**chosen)


def _widget(key: str, name: str, plain: Any, rule: Rule, value: Any) -> Any:
    title, at = _TITLES.get(name, name.capitalize()), memory.key(key)
    if plain is bool:
        return st.toggle(title, value, key=at, help=rule.help)
    if get_origin(plain) is Literal:
        options = get_args(plain)
        return st.selectbox(title, options, options.index(value), key=at, help=rule.help)
    low, high = rule.low or 0, max(_USEFUL.get(name, rule.high or 1), value)
    if plain is int:
        return st.slider(title, int(low), int(high), int(value), key=at, help=rule.help)
    step = step_widgets.fine(low, high)
    return st.slider(
        title, float(low), float(high), float(value), step=step, key=at, help=rule.help
    )
