"""What the dataset is made of, as charts: class, view, density, age, machine, size and more."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.services import composition
from core.services.prepared_sets import PreparedDataset, class_titles
from ui import charts, charts_data, words
from ui.data import about, command, look, memory, terms

IMAGES, SHARES = "Images", "Shares of classes"
MOST_BARS = 8


def show(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    titles = class_titles(dataset)
    left, right = st.columns([3, 1.4], vertical_alignment="bottom")
    with left:
        look.legend(titles)
    shares = (
        right.segmented_control(
            "Bars show",
            [IMAGES, SHARES],
            default=IMAGES,
            required=True,
            key=memory.key("overview.bars"),
            help="Shares show whether a class comes mainly from one machine, age or view: "
            f"{terms.explain('shortcut')}",
            persist_state="session",
        )
        == SHARES
    )
    with st.container(key="data-charts"):
        _classes(facts, titles)
        for name, title in _GROUPS.items():
            _group(facts, name, title, titles, shares=shares)
        _ages(facts, titles)
        _sizes(facts, titles, shares=shares)
        _brightness(facts, titles)
    if same := same_for_all(facts):
        said = ", ".join(f"{title.lower()} {what}" for title, what in same.items())
        st.caption(f"Without a chart: {said}.")
    about.show(dataset)
    command.show(("describe", dataset.info.name))


_GROUPS = {
    "view": "View",
    "laterality": "Side",
    "density": "Breast density",
    "birads": "BI-RADS",
    "machine": "Machine",
    "source": "Source",
    "site": "Site",
    "implant": "Implant",
    "kinds": "Kind of finding",
}
_HELP = {"density": words.explain("density"), "view": words.explain("view")}


def _card(title: str, chart: go.Figure, note: str, *, key: str, help: str | None = None) -> None:
    with st.container(border=True, height="stretch", key=memory.key(f"chart.{key}")):
        st.markdown(f"**{title}**", help=help)
        st.plotly_chart(
            chart, key=memory.key(f"plot.{key}"), config=charts.CONFIG, alt=f"{title}. {note}"
        )
        st.caption(note)


def _classes(facts: pd.DataFrame, titles: dict[str, str]) -> None:
    counts = {str(k): int(n) for k, n in facts["class"].value_counts(sort=False).items()}
    patients = composition.patients(facts)
    note = f"{words.count(len(facts), 'image')} of {_patients(facts)}"
    _card("Class", charts_data.class_bars(counts, patients, titles), note, key="class")


def _group(
    facts: pd.DataFrame, name: str, title: str, titles: dict[str, str], *, shares: bool
) -> None:
    """A fact that all images share, or that none tells, is said in words below the charts."""
    counts = composition.by_class(facts, name, MOST_BARS)
    if len(counts) < 2:
        return
    chart = charts_data.stacked_bars(counts, titles, shares=shares)
    _card(title, chart, _known(facts, name), key=name, help=_HELP.get(name))


def _ages(facts: pd.DataFrame, titles: dict[str, str]) -> None:
    if facts["age"].nunique() < 2:
        return
    width = 5.0
    counts = composition.binned(facts, "age", width)
    chart = charts_data.histogram(counts, width, titles, "Age in years")
    middle = f", median {facts['age'].median():.0f} years"
    _card("Age", chart, _known(facts, "age") + middle, key="age")


def _sizes(facts: pd.DataFrame, titles: dict[str, str], *, shares: bool) -> None:
    different = facts["size"].nunique()
    if different < 2:
        return
    if different <= MOST_BARS:
        counts = composition.by_class(facts, "size")
        chart = charts_data.stacked_bars(counts, titles, shares=shares)
    else:
        chart = charts_data.size_bubbles(composition.sizes(facts))
    note = f"{words.count(different, 'size')} of files, width × height in pixels"
    _card("Image size", chart, note, key="size")


def _brightness(facts: pd.DataFrame, titles: dict[str, str]) -> None:
    width = composition.bin_width(facts["mean"])
    counts = composition.binned(facts, "mean", width)
    chart = charts_data.histogram(counts, width, titles, "Mean of the prepared pixels, 0 to 1")
    _card("Mean brightness", chart, words.count(len(facts), "image"), key="mean")


def _known(facts: pd.DataFrame, name: str) -> str:
    known = int(facts[name].notna().sum())
    if known == len(facts):
        return words.count(known, "image")
    return f"known for {known:,} of {words.count(len(facts), 'image')}"


def _patients(facts: pd.DataFrame) -> str:
    return words.count(int(facts["patient_id"].nunique()), "patient")


def same_for_all(facts: pd.DataFrame) -> dict[str, str]:
    """Facts without a chart: one value for all, or none for any."""
    found = {}
    for name, title in {**_GROUPS, "size": "Image size", "age": "Age"}.items():
        values = facts[name].dropna().unique()
        if len(values) == 0:
            found[title] = "not known for any image"
        elif len(values) == 1 and facts[name].notna().all():
            found[title] = f"{values[0]} for all images"
    return found
