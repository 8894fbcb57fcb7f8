"""All settings of the run, in groups; only the open group is drawn."""

from typing import Any

import streamlit as st

from core.domain.training import TrainConfig
from core.services import setting_fields
from core.services.setting_fields import GROUPS, Group, Setting
from ui.train import memory
from ui.train.launch import batch_preview, own_widgets, widgets

# These need a line of their own.
_WIDE = ("stages",)
# Chosen beside the Start button.
_ELSEWHERE = ("gpus", "devices")


def show(config: TrainConfig, usual: dict[str, Any], values: dict[str, Any]) -> None:
    """`config` gives classes and model; where nothing is refused it is the run to be."""
    names = {group.title: group for group in GROUPS}
    counts = {title: _changed(group, usual, values) for title, group in names.items()}
    tabs = st.tabs(list(names), key=memory.key("group"), on_change="rerun")
    for tab, (title, group) in zip(tabs, names.items(), strict=True):
        if tab.open:
            with tab:
                said = f" **{counts[title]} changed.**" if counts[title] else ""
                st.caption(f"{group.plain}{said}")
                _group(group, config, usual, values)
                if group.holds("augmentation"):
                    batch_preview.show(config)


def _changed(group: Group, usual: dict[str, Any], values: dict[str, Any]) -> int:
    keys = [one.key for one in setting_fields.in_group(group)]
    return sum(values.get(key) != usual.get(key) for key in keys if "." in key or key in usual)


def _group(
    group: Group, config: TrainConfig, usual: dict[str, Any], values: dict[str, Any]
) -> None:
    shown = [
        one
        for one in setting_fields.in_group(group)
        if one.key not in _ELSEWHERE and setting_fields.matters(one.key, values, config.model.name)
    ]
    with st.container(key="train-fields"):
        for setting in shown:
            if setting.key not in _WIDE:
                _one(setting, config, usual, values)
    for setting in shown:
        if setting.key in _WIDE:
            _one(setting, config, usual, values)


def _one(
    setting: Setting, config: TrainConfig, usual: dict[str, Any], values: dict[str, Any]
) -> None:
    value = values.get(setting.key)
    before = usual.get(setting.key, value)
    if setting.kind == "own":
        own_widgets.show(setting, value, before, config)
    else:
        widgets.show(setting, value, before)
