"""Which preprocessing the bench begins with, and what to do with the one that came out."""

import streamlit as st

from core.domain.preprocess import PreprocessSpec
from core.errors import MammolensError
from core.services import dataset_choices, saved_specs
from core.services.prepared_sets import PreparedDataset
from ui.data import command, memory
from ui.data.bench_draft import Draft

MOST, LEAST = 4096, 16


def choose(dataset: PreparedDataset) -> Draft:
    name = dataset.info.name
    own = f"As {name} was prepared"
    names = [own, *dataset_choices.preprocessings()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Begin with",
            names,
            key=memory.key(f"bench.base.{name}"),
            on_change=memory.keep_bench,
            args=(name, None),
        )
        draft: Draft | None = memory.bench(name)
        if draft is None:
            draft = Draft.of(dataset.info.spec if chosen == own else saved_specs.load(chosen))
            memory.keep_bench(name, draft)
        draft.width = _pixels("Width", draft.width, name, draft.base)
        draft.height = _pixels("Height", draft.height, name, draft.base)
    return draft


def _pixels(title: str, value: int, name: str, base: PreprocessSpec) -> int:
    key = memory.key(f"bench.{title}.{name}.{base.name}")
    return int(st.number_input(title, LEAST, MOST, value, key=key, width=120))


def show(dataset: PreparedDataset, row: int, draft: Draft) -> None:
    with st.container(border=True, key="bench-keep"):
        st.markdown("**Use this preprocessing**")
        left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
        name = left.text_input(
            "Keep it under the name",
            _proposed(draft.base.name),
            max_chars=64,
            key=memory.key(f"bench.name.{dataset.info.name}"),
            help="It is written into the workspace as a JSON file. Preparing, training and "
            "diagnosis then use exactly these steps.",
        ).strip()
        kept = middle.button("Keep it", icon=":material/save:", width="stretch")
        used = right.button(
            "Prepare with it", type="primary", icon=":material/play_arrow:", width="stretch"
        )
        if (kept or used) and _save(draft, name) and used:
            memory.want_spec(name)
            memory.set_adding(True)
            st.rerun()
        st.download_button(
            "Save as a file (JSON)",
            data=lambda: draft.spec(name).to_json(),
            file_name=f"{name}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
            key=memory.key("bench.json"),
        )
    file = str(dataset.index["path"].iloc[row])
    command.show(
        ("steps", file, "--spec", name, "--out", "steps"),
        ("prepare", dataset.info.format, dataset.info.root, "--name", "NAME", "--spec", name),
    )


def _proposed(base: str) -> str:
    return base if base in saved_specs.own() else f"{base}-own"


def _save(draft: Draft, name: str) -> bool:
    try:
        file = saved_specs.save(draft.spec(name))
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return False
    st.success(f"Kept as {file}.", icon=":material/check:")
    return True
