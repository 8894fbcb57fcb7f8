"""Prepared datasets as every session shares them: opened once, until they change on disk."""

from typing import Any

import pandas as pd
import streamlit as st

from core.services import composition, datasets
from core.services.prepared_sets import PreparedDataset, open_prepared, stamp


def listing() -> list[dict[str, Any]]:
    return datasets.listing()


def finished(items: list[dict[str, Any]]) -> list[str]:
    return [item["name"] for item in items if item["state"] == "finished"]


def dataset(name: str) -> PreparedDataset:
    return _dataset(name, stamp(name))


def facts(opened: PreparedDataset) -> pd.DataFrame:
    """Do not change it: other sessions read the same table."""
    return _facts(opened.info.name, stamp(opened.info.name), opened)


@st.cache_resource(max_entries=4, show_spinner="Opening the dataset")
def _dataset(name: str, at: float) -> PreparedDataset:
    opened = open_prepared(name)
    len(opened.index)
    return opened


@st.cache_resource(max_entries=4, show_spinner="Counting")
def _facts(name: str, at: float, _opened: PreparedDataset) -> pd.DataFrame:
    return composition.facts(_opened)
