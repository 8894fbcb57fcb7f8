"""The rooms of the page; only the one that is open is computed."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.services.prepared_sets import PreparedDataset
from ui.data import (
    augmentation,
    bench,
    gallery,
    headers,
    leakage,
    memory,
    overview,
    shortcuts,
    split_designer,
)

Section = Callable[[PreparedDataset, pd.DataFrame], None]
SECTIONS: dict[str, Section] = {
    "Overview": overview.show,
    "Images": gallery.show,
    "File headers": headers.show,
    "Preprocessing": bench.show,
    "Augmentation": augmentation.show,
    "Split": split_designer.show,
    "Leakage": leakage.show,
    "Shortcuts": shortcuts.show,
}


def show(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    tabs = st.tabs(list(SECTIONS), key=memory.SECTION, bind="query-params")
    for tab, draw in zip(tabs, SECTIONS.values(), strict=True):
        if tab.open:
            with tab:
                draw(dataset, facts)
