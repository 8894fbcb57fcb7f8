"""What gives the class away without the image: the machine, the size, the brightness, the age."""

from typing import Any

import pandas as pd
import streamlit as st

from core.services import background, dataset_shortcuts
from core.services.background import Errand
from core.services.prepared_sets import PreparedDataset, class_titles
from ui import charts, charts_data, words
from ui.data import command, look, memory, terms

KIND = "shortcuts"
# A set of this size is measured while one waits; a larger one in the background.
AT_ONCE = 2000


def show(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    st.caption(terms.explain("shortcut"))
    found = dataset_shortcuts.known_shortcuts(dataset)
    if found is None and len(dataset.index) <= AT_ONCE:
        with st.spinner("Measuring what each fact tells by itself"):
            found = dataset_shortcuts.dataset_shortcuts(dataset)
    if found is None:
        _offer(dataset)
    else:
        _report(found, class_titles(dataset))
    command.show((KIND, dataset.info.name))


def _offer(dataset: PreparedDataset) -> None:
    name = dataset.info.name
    job = background.latest(KIND, name)
    if st.button(
        "Measure the shortcuts",
        type="primary",
        icon=":material/route:",
        disabled=job is not None and job.active,
        key=memory.key("shortcuts.go"),
    ):
        errand = Errand("Trying each fact alone", (KIND, name))
        background.start(KIND, name, f"Shortcuts of “{name}”", [errand])
        st.rerun()


def _report(found: dict[str, Any], titles: dict[str, str]) -> None:
    measured = [one for one in found["shortcuts"] if one["auc"]]
    _verdict(found)
    if measured:
        st.plotly_chart(
            charts_data.association_bars(
                [one["title"] for one in measured],
                [one["auc"]["value"] for one in measured],
                [one["auc"]["low"] for one in measured],
                [one["auc"]["high"] for one in measured],
            ),
            key=memory.key("plot.shortcuts"),
            config=charts.CONFIG,
            alt="How well each fact alone tells the classes apart",
        )
    rows = [_row(one, titles) for one in found["shortcuts"]]
    look.table(("Fact", "AUC alone", "95% interval", "Note"), rows, "Shortcuts")
    st.caption(
        f"Cross-validated over patients; {words.count(found['images'], 'image')} of "
        f"{words.count(found['patients'], 'patient')}. 0.5 is a coin toss.",
        help=terms.explain("auc"),
    )


def _verdict(found: dict[str, Any]) -> None:
    names = {one["name"]: one["title"].lower() for one in found["shortcuts"]}
    telling = [names[name] for name in found["telling"]]
    if telling:
        st.warning(
            f"**A model may learn this instead of the tissue: {words.joined(telling)}.** A figure "
            "no better than these says nothing about what the model sees.",
            icon=":material/warning:",
        )
    else:
        st.info(
            "**No fact alone is sure to tell the classes apart.** Wide intervals mean that the "
            "set is too small to say.",
            icon=":material/info:",
        )


def _row(one: dict[str, Any], titles: dict[str, str]) -> list[str]:
    notes = one["note"].split("; ")
    told = (text.removeprefix("tells ").removesuffix(" from the rest") for text in notes)
    note = "; ".join(titles.get(text, text) for text in told)
    found = one["auc"]
    if not found:
        return [one["title"], "", "", note]
    span = f"{words.figure(found['low'])} to {words.figure(found['high'])}"
    return [one["title"], words.figure(found["value"]), span, note]
