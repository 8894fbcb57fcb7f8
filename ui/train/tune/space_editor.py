"""What may vary, as a table that a person edits: a row a setting."""

import json
from typing import Any

import pandas as pd
import streamlit as st

from core.domain.training import TrainConfig
from core.domain.tuning import Parameter, parse
from core.errors import ConfigError
from core.services import launching, studies
from ui.train import memory
from ui.train.tune.titles import title

_COLUMNS = ("Setting", "Lowest", "Highest", "Scale", "Step", "Choices")
EVEN, LOG = "even", "logarithmic"


def show(config: TrainConfig, edition: str) -> tuple[Parameter, ...]:
    """Refused in words where a row makes no sense."""
    before = pd.DataFrame([_row(one) for one in studies.usual_space(config)], columns=_COLUMNS)
    edited = st.data_editor(
        before,
        key=memory.key(f"tune.space.{edition}"),
        num_rows="dynamic",
        hide_index=True,
        column_config=_columns(config),
        alt="Settings that may vary",
    )
    st.caption(
        "A logarithmic scale tries 0.001 and 0.0001 as readily as 0.1 and 0.01. Choices are "
        "separated by commas and replace lowest and highest. A row below adds a setting; a "
        "selected row can be deleted."
    )
    rows = edited.to_dict(orient="records")
    return tuple(_parameter(config, row) for row in rows if _text(row["Setting"]))


def _columns(config: TrainConfig) -> dict[str, Any]:
    column = st.column_config
    keys = sorted({*launching.leaves(config), *(p.key for p in studies.usual_space(config))})
    return {
        "Setting": column.SelectboxColumn(
            options=[*keys, "model.name"],
            format_func=lambda key: title(str(key)),
            required=True,
            width="medium",
        ),
        "Lowest": column.NumberColumn(format="%g", width="small"),
        "Highest": column.NumberColumn(format="%g", width="small"),
        "Scale": column.SelectboxColumn(options=[EVEN, LOG], width="small"),
        "Step": column.NumberColumn(format="%g", width="small", help="Empty: any value between"),
        "Choices": column.TextColumn(width="medium", help="Such as 8, 16, 32"),
    }


def _row(one: Parameter) -> tuple[Any, ...]:
    listed = ", ".join(v if isinstance(v, str) else json.dumps(v) for v in one.choices)
    scale = None if one.choices else LOG if one.log else EVEN
    return one.key, one.low, one.high, scale, one.step, listed


def _parameter(config: TrainConfig, row: dict[Any, Any]) -> Parameter:
    key, choices = _text(row["Setting"]), _text(row["Choices"])
    if choices:
        return parse(key, choices)
    low, high, step = (_number(row[name]) for name in ("Lowest", "Highest", "Step"))
    if low is None or high is None:
        raise ConfigError(f"{key}: give a lowest and a highest value, or choices.")
    whole = studies.takes_whole_numbers(config, key)
    return Parameter(key, (), low, high, row["Scale"] == LOG, step, whole)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)
