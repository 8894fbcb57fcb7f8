"""Where a dataset came from, how it was prepared, what was left out, and the way to delete it."""

import json

import streamlit as st

from core.services import datasets
from core.services.prepared_sets import PreparedDataset, quarantined
from ui import words
from ui.data import look, memory, terms


def show(dataset: PreparedDataset) -> None:
    with st.expander("Where it came from", icon=":material/inventory_2:"):
        look.facts(_facts(dataset))
        _downloads(dataset)
        _deletion(dataset.info.name)
    if dataset.info.quarantined:
        with st.expander(
            f"{words.count(dataset.info.quarantined, 'file')} could not be read",
            icon=":material/report:",
        ):
            st.caption(terms.explain("quarantine"))
            look.table(("File", "Reason"), quarantined(dataset), "Files in quarantine")


def _facts(dataset: PreparedDataset) -> dict[str, str]:
    info = dataset.info
    left_out = ", ".join(f"{count:,} with {why}" for why, count in _left_out(dataset).items())
    return {
        "Format": info.format,
        "Folder": ", ".join(source["root"] for source in info.options.get("sources", ())),
        "Task": info.task.replace("-", " "),
        "Views": ", ".join(info.options.get("views") or ()) or "all",
        "Limit": f"{info.options['limit']:,} images" if info.options.get("limit") else "none",
        "Left out": left_out or "nothing",
        "Preprocessing": f"{info.spec.name}: {', '.join(one.step for one in info.spec.steps)}",
        "Size": f"{info.spec.width} × {info.spec.height} pixels, {info.spec.bits} bits each",
        "Terms of use": info.terms,
        "Prepared": f"{info.created[:10]}, in {words.duration(info.seconds)}",
        "Versions": ", ".join(f"{name} {number}" for name, number in info.versions.items()),
    }


def _left_out(dataset: PreparedDataset) -> dict[str, int]:
    return dict(dataset.info.options.get("left_out") or {})


def _downloads(dataset: PreparedDataset) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Table of all images (CSV)",
            data=lambda: dataset.index.drop(columns="to_source").to_csv(index=False).encode(),
            file_name=f"{dataset.info.name}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=memory.key("about.csv"),
            on_click="ignore",
        )
        st.download_button(
            "Preprocessing (JSON)",
            data=lambda: json.dumps(json.loads(dataset.info.spec.to_json()), indent=2),
            file_name=f"{dataset.info.spec.name}.json",
            mime="application/json",
            icon=":material/download:",
            key=memory.key("about.spec"),
            on_click="ignore",
        )


def _deletion(name: str) -> None:
    with st.popover("Delete this dataset", icon=":material/delete:"):
        st.markdown(
            f"This removes the prepared images of **{name}** and its splits for good. The files "
            "it was made from stay where they are."
        )
        if st.button("Delete it for good", type="primary", key=memory.key("about.delete")):
            datasets.delete(name)
            st.rerun()
