"""Widgets for the settings that no ordinary widget can hold."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from core.domain.training import Sequence, TrainConfig
from core.services import launching, networks
from core.services.setting_fields import Setting
from ui.train import memory
from ui.train.launch import draft, widgets

RANDOM = "Random"
OWN = "one for each class"


def show(setting: Setting, value: Any, usual: Any, config: TrainConfig) -> None:
    title = widgets.label(setting, value, usual)
    _DRAW.get(setting.key, _typed)(setting, title, value, usual, config)


def _typed(setting: Setting, title: str, value: Any, usual: Any, _: TrainConfig) -> None:
    """As on the command line; nonsense is refused in words by the settings themselves."""

    def read(text: str) -> Any:
        return launching.read(text) if text.strip() else type(usual)()

    st.text_input(
        title,
        launching.said(value) if value else "",
        help=setting.help,
        placeholder="none",
        **widgets.taking(setting.key, usual, read),
    )


def _dense(setting: Setting, title: str, value: Any, usual: Any, _: TrainConfig) -> None:
    def read(text: str) -> Any:
        words = text.replace(",", " ").split()
        return [int(word) if word.isdecimal() else word for word in words]

    st.text_input(
        title,
        ", ".join(map(str, value)),
        help=f"{setting.help}, such as 512, 256",
        placeholder="none",
        **widgets.taking(setting.key, usual, read),
    )


def _backbones(setting: Setting, title: str, value: Any, usual: Any, _: TrainConfig) -> None:
    st.multiselect(
        title,
        networks.joinable(),
        value or networks.usually_joined(),
        help=setting.help,
        **widgets.taking(setting.key, usual, list),
    )


def _weights(setting: Setting, title: str, value: Any, usual: Any, config: TrainConfig) -> None:
    known = [RANDOM, *networks.published_weights(config.model.name)]
    options = known if value is None or value in known else [*known, value]
    st.selectbox(
        title,
        options,
        options.index(value or RANDOM),
        accept_new_options=True,
        help=f"{setting.help}. Type a path or run:ID to use your own.",
        **widgets.taking(setting.key, usual, lambda text: None if text in (RANDOM, None) else text),
    )


def _class_weights(
    setting: Setting, title: str, value: Any, usual: Any, config: TrainConfig
) -> None:
    """Balanced says it all for most; own weights begin alike."""
    options = ("none", "balanced", OWN)
    chosen = OWN if isinstance(value, dict) else value
    alike = dict.fromkeys(config.model.classes, 1.0)
    st.selectbox(
        title,
        options,
        options.index(chosen),
        help=setting.help,
        **widgets.taking(setting.key, usual, lambda word: alike if word == OWN else word),
    )
    if isinstance(value, dict):
        for name in config.model.classes:
            _class_weight(name, dict(value), usual)


def _class_weight(name: str, value: dict[str, float], usual: Any) -> None:
    at = widgets.key(f"class_weights.{name}")

    def take() -> None:
        draft.change("class_weights", {**value, name: st.session_state[at]}, usual)

    st.number_input(
        f"Weight of {name}", 0.0, value=float(value.get(name, 1)), step=0.5, key=at, on_change=take
    )


def _sequence(setting: Setting, title: str, value: Any, usual: Any, _: TrainConfig) -> None:
    st.toggle(
        title,
        value is not None,
        help=setting.help,
        **widgets.taking(setting.key, usual, lambda wanted: asdict(Sequence()) if wanted else None),
    )


def _stages(setting: Setting, title: str, value: Any, usual: Any, _: TrainConfig) -> None:
    """The table keeps its own changes, so what it began with must stay as it was."""
    begun = memory.key(f"stages.{draft.edition()}")
    rows = st.session_state.setdefault(begun, value)
    st.markdown(f"{title}: legs of transfer learning; without any, all layers learn")
    columns = ["train", "epochs", "learning_rate"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    edited = st.data_editor(
        frame.astype({"train": "string", "epochs": "Int64", "learning_rate": "Float64"}),
        num_rows="dynamic",
        hide_index=True,
        key=widgets.key(setting.key),
        column_config={
            "train": st.column_config.TextColumn(
                "What learns", help="all, head, last-20 or blocks such as conv5", default="all"
            ),
            "epochs": st.column_config.NumberColumn("Epochs", min_value=1, step=1),
            "learning_rate": st.column_config.NumberColumn("Learning rate", format="%g"),
        },
    )
    draft.change(setting.key, _legs(edited), usual)


def _legs(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Empty cells are left open; a row without anything is none."""
    found = []
    for row in table.to_dict("records"):
        leg = {str(name): value for name, value in row.items() if not pd.isna(value)}
        if "epochs" in leg:
            leg["epochs"] = int(leg["epochs"])
        found += [leg] if leg else []
    return found


def _devices(*_: Any) -> None:
    """Chosen beside the Start button."""


Draw = Callable[[Setting, str, Any, Any, TrainConfig], None]
_DRAW: dict[str, Draw] = {
    "model.head.dense": _dense,
    "model.backbones": _backbones,
    "model.weights": _weights,
    "class_weights": _class_weights,
    "sequence": _sequence,
    "stages": _stages,
    "devices": _devices,
}
