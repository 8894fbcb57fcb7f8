"""A table whose rows are picked by id: what is picked stays when rows come, go or move.

The grid itself knows places only. A new run on top would silently shift every choice.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st


def show(
    key: str,
    frame: pd.DataFrame,
    ids: Sequence[str],
    chosen: Sequence[str],
    *,
    many: bool,
    columns: dict[str, Any],
    order: Sequence[str] | None = None,
    alt: str,
) -> list[str]:
    """The ids picked; `chosen` are those picked so far, wherever that was done."""
    _settle(key, list(ids), list(chosen), many=many)
    said = st.dataframe(
        frame,
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="multi-row" if many else "single-row",
        column_config=columns,
        column_order=order,
        placeholder="",
        lazy=False,
        alt=alt,
    )
    rows = said["selection"]["rows"]
    picked = [ids[place] for place in rows if place < len(ids)]
    # What a search hides stays picked.
    hidden = [one for one in chosen if one not in set(ids)]
    result = [*hidden, *picked] if many else (picked or list(chosen))
    st.session_state[_last(key)] = result
    return result


def _settle(key: str, ids: list[str], chosen: list[str], *, many: bool) -> None:
    before: list[str] = st.session_state.get(_shown(key), [])
    rows = st.session_state[key]["selection"]["rows"] if key in st.session_state else []
    picked = [before[place] for place in rows if place < len(before)]
    elsewhere = chosen != st.session_state.get(_last(key))
    wanted = chosen if elsewhere or key not in st.session_state else picked
    # Of one row, a second click would leave none marked while it is still open.
    unmarked = not many and not picked
    wanted = chosen if unmarked else wanted
    if elsewhere or unmarked or before != ids:
        places = [ids.index(one) for one in wanted if one in ids]
        st.session_state[key] = {"selection": {"rows": places, "columns": [], "cells": []}}
    st.session_state[_shown(key)] = ids


def _shown(key: str) -> str:
    return f"{key}.shown"


def _last(key: str) -> str:
    return f"{key}.last"
