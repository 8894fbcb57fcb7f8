"""The page's question answered in a sentence, with what is to be minded beside it."""

import html

import pandas as pd
import streamlit as st

from core.services.prepared_sets import PreparedDataset, class_titles
from ui import words
from ui.data import terms


def show(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    st.html(f'<p class="data-answer">{sentence(dataset, facts)}</p>')
    info = dataset.info
    with st.container(horizontal=True, gap="small"):
        if info.synthetic:
            st.badge(
                "Synthetic images",
                icon=":material/science:",
                color="orange",
                help=words.explain("synthetic"),
            )
        if info.quarantined:
            st.badge(
                f"{words.count(info.quarantined, 'file')} could not be read",
                icon=":material/report:",
                color="orange",
                help=terms.explain("quarantine"),
            )
        if info.options.get("patches"):
            st.badge("Patches, not whole images", icon=":material/crop:", color="gray")


def sentence(dataset: PreparedDataset, facts: pd.DataFrame) -> str:
    info = dataset.info
    counts = facts["class"].value_counts(sort=False)
    titles = class_titles(dataset)
    shares = [
        f"{_share(int(count), len(facts))} {html.escape(titles[str(name)].lower())}"
        for name, count in counts.items()
    ]
    what = words.count(len(facts), "patch", "patches") if info.options.get("patches") else None
    what = what or words.count(len(facts), "image")
    size = f"{info.spec.width}\u00a0×\u00a0{info.spec.height}"
    return (
        f"<strong>{what} of {words.count(info.patients, 'patient')}</strong>: "
        f"{words.joined(shares)}. Every image is {size} pixels, "
        f"prepared with “{html.escape(info.spec.name)}”."
    )


def _share(count: int, total: int) -> str:
    """A class that is there is never said to be 0%, nor one of several to be all."""
    share = count / max(1, total)
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share:.0%}"
