"""What the files' headers say of machine, exposure and storage, and never of a person."""

from typing import Any

import pandas as pd
import streamlit as st

from core.errors import MammolensError
from core.services import background, composition, headers
from core.services.background import Errand
from core.services.header_facts import TITLES
from core.services.prepared_sets import PreparedDataset, class_titles, stamp
from ui import charts, charts_data, words
from ui.data import command, look, memory

KIND = "headers"
MOST_ROWS = 1000
MOST_BARS = 10
# Where a file tells them, these are charted without being asked for.
_FIRST = ("Manufacturer", "ManufacturerModelName", "PhotometricInterpretation", "syntax", "KVP")
_FIRST_MOST = 4


def show(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    table = _table(dataset)
    if table is None:
        return
    known = [name for name in table.columns if name not in ("image_id", "class")]
    _scope(dataset, len(table))
    if not set(known) - {"format", "fault"}:
        st.info(
            "These images come from arrays, which have no headers.", icon=":material/data_array:"
        )
        return
    st.caption(
        "Names, dates, identifiers, places and comments are never read; ages above 90 count as 90."
    )
    _faults(table)
    _summary(table)
    _charts(dataset, table, known)
    _rows(dataset, table)
    command.show((KIND, dataset.info.name))


def _table(dataset: PreparedDataset) -> pd.DataFrame | None:
    name = dataset.info.name
    file = dataset.path / headers.TABLE
    at = file.stat().st_mtime if file.is_file() else stamp(name)
    try:
        return _read(name, at, dataset)
    except (MammolensError, OSError) as fault:
        st.warning(str(fault), icon=":material/folder_off:")
        return None


@st.cache_data(max_entries=4, show_spinner="Reading the headers")
def _read(name: str, at: float, _dataset: PreparedDataset) -> pd.DataFrame:
    stored = headers.stored(_dataset)
    return headers.sample(_dataset) if stored is None else stored


def _scope(dataset: PreparedDataset, read: int) -> None:
    everything = len(dataset.index)
    if read >= everything:
        st.markdown(f"The headers of **all {words.count(everything, 'image')}**.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"The headers of **{read:,} of {words.count(everything, 'image')}**, spread evenly "
            "over the set."
        )
        job = background.latest(KIND, dataset.info.name)
        busy = job is not None and job.active
        if st.button(
            "Read them all",
            icon=":material/description:",
            disabled=busy,
            key=memory.key("headers.all"),
            help="Runs in the background; the table is kept beside the dataset.",
        ):
            name = dataset.info.name
            errand = Errand("Reading the headers", (KIND, name))
            background.start(KIND, name, f"Headers of {name}", [errand])
            st.rerun()


def _faults(table: pd.DataFrame) -> None:
    if "fault" not in table:
        return
    bad = table[table["fault"].notna()]
    with st.expander(
        f"{words.count(len(bad), 'file')} could not be read", icon=":material/report:"
    ):
        rows = bad[["image_id", "fault"]].head(50).to_numpy().tolist()
        look.table(("Image", "Reason"), rows, "Headers that could not be read")


def _summary(table: pd.DataFrame) -> None:
    found = headers.summary(table)
    found = found[found["fact"] != "fault"]
    shown = pd.DataFrame(
        {
            "Fact": [TITLES.get(name, name) for name in found["fact"]],
            "In files": found["share"],
            "Values": found["values"],
            "Commonest": found["commonest"],
            "Range": [_range(*pair) for pair in found[["lowest", "highest"]].to_numpy()],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=320,
        key=memory.key("headers.summary"),
        column_config={
            "In files": st.column_config.ProgressColumn(
                format="percent", min_value=0.0, max_value=1.0, width="small"
            ),
            "Commonest": st.column_config.TextColumn(width="large"),
            "Values": st.column_config.NumberColumn(
                help="How many different ones there are", width="small"
            ),
        },
        alt="Each fact of the headers, in how many files it stands, and its values",
    )


def _range(low: float, high: float) -> str:
    return "" if pd.isna(low) or low == high else f"{low:g} to {high:g}"


def _charts(dataset: PreparedDataset, table: pd.DataFrame, known: list[str]) -> None:
    telling = [name for name in known if name != "fault" and table[name].nunique() > 1]
    if not telling:
        st.caption("All files agree in everything their headers say.")
        return
    usual = [name for name in _FIRST if name in telling] or telling
    chosen = st.multiselect(
        "Charts of",
        telling,
        usual[:_FIRST_MOST],
        format_func=lambda name: TITLES.get(name, name),
        key=memory.key(f"headers.charts.{dataset.info.name}"),
        help="Facts in which the files differ.",
    )
    titles = class_titles(dataset)
    look.legend(titles)
    with st.container(key="header-charts"):
        for name in chosen:
            _chart(table, name, titles)


def _chart(table: pd.DataFrame, name: str, titles: dict[str, str]) -> None:
    title = TITLES.get(name, name)
    classed = table.assign(**{"class": pd.Categorical(table["class"], list(titles))})
    number = pd.api.types.is_numeric_dtype(table[name]) and table[name].nunique() > MOST_BARS
    if number:
        width = composition.bin_width(table[name])
        counts = composition.binned(classed, name, width)
        chart = charts_data.histogram(counts, width, titles, title, unit="files")
    else:
        shown = classed.assign(**{name: _as_text(table[name])})
        counts = composition.by_class(shown, name, MOST_BARS)
        chart = charts_data.stacked_bars(counts, titles, unit="files")
    known = int(table[name].notna().sum())
    note = f"in {known:,} of {words.count(len(table), 'file')}"
    with st.container(border=True, height="stretch", key=memory.key(f"header.{name}")):
        st.markdown(f"**{title}**")
        st.plotly_chart(
            chart, key=memory.key(f"plot.h.{name}"), config=charts.CONFIG, alt=f"{title}, {note}"
        )
        st.caption(note)


def _as_text(values: "pd.Series[Any]") -> "pd.Series[Any]":
    if pd.api.types.is_numeric_dtype(values):
        return values.map(lambda value: f"{value:g}", na_action="ignore")
    return values


def _rows(dataset: PreparedDataset, table: pd.DataFrame) -> None:
    with st.expander("The table, file by file", icon=":material/table:", on_change="rerun") as room:
        if room.open:
            shown = table.head(MOST_ROWS).rename(columns=TITLES)
            st.dataframe(shown, hide_index=True, height=420, key=memory.key("headers.rows"))
            if len(table) > MOST_ROWS:
                st.caption(f"The first {MOST_ROWS:,} of {len(table):,}; the download has all.")
            st.download_button(
                "Table of headers (CSV)",
                data=lambda: table.to_csv(index=False).encode(),
                file_name=f"{dataset.info.name}-headers.csv",
                mime="text/csv",
                icon=":material/download:",
                key=memory.key("headers.csv"),
                on_click="ignore",
            )
