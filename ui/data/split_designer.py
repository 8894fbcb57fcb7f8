"""How the patients are divided: tried out, weighed class by class, and kept under a name."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import MammolensError
from core.services import splitting
from core.services.prepared_sets import PreparedDataset, stamp
from core.services.splitting import Proposal
from ui import frame, words
from ui.data import command, look, memory, split_balance, terms

METHODS = {
    "fractions": "By shares",
    "folds": "Folds for cross-validation",
    "official": "Official split of the set",
    "repaired-official": "Official split, repaired",
}
NEW = "A new one"


@dataclass(frozen=True)
class Asked:
    method: str
    fractions: tuple[float, float, float]
    folds: int | None
    seed: int
    together: bool

    def options(self) -> dict[str, Any]:
        return {
            "fractions": self.fractions,
            "folds": self.folds,
            "seed": self.seed,
            "keep_copies_together": self.together,
        }


def show(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    st.caption(terms.explain("split"))
    st.fragment(_design)(dataset, facts)


def _design(dataset: PreparedDataset, facts: pd.DataFrame) -> None:
    with frame.calm():
        names = dataset.split_names()
        left, right = st.columns([1, 2.4], gap="large")
        with left:
            chosen = st.selectbox(
                "Split", [*names, NEW], key=memory.key(f"split.name.{dataset.info.name}")
            )
            asked = _settings(dataset) if chosen == NEW else None
            if asked is None:
                _told(dataset, chosen)
        with right:
            if asked is None:
                parts, notes = dataset.split(chosen), splitting.described(dataset, chosen).notes
            else:
                info, table = _proposal(dataset, asked)
                parts, notes = table["part"], info.notes
            split_balance.show(dataset, facts, parts, notes)
        if asked is not None:
            _keep(dataset, asked, names)
        _command(dataset, chosen, asked)


def _told(dataset: PreparedDataset, name: str) -> None:
    info = splitting.described(dataset, name)
    shares = " / ".join(f"{one:.0%}" for one in info.fractions or ())
    together = {"patient_id": "patients", "group": "groups of the set", "copies": "copies"}
    look.facts(
        {
            "Made": METHODS.get(info.method, info.method),
            "Shares": shares,
            "Folds": str(info.folds or ""),
            "Kept together": words.joined([together.get(one, one) for one in info.grouped_by]),
            "Balanced by": words.joined(list(info.stratified_by)),
            "Seed": str(info.seed),
        }
    )


def _settings(dataset: PreparedDataset) -> Asked:
    offered = list(METHODS) if splitting.has_official(dataset) else list(METHODS)[:2]
    method = st.selectbox(
        "Divide", offered, format_func=METHODS.__getitem__, key=memory.key("split.method")
    )
    test = st.slider(
        "Test", 0, 60, 15, format="%d%%", key=memory.key("split.test"), help=_WHY["test"]
    )
    validation, folds = 0, None
    if method == "folds":
        folds = st.number_input("Folds", 2, 20, 5, key=memory.key("split.folds"))
    else:
        validation = st.slider(
            "Validation",
            0,
            40,
            15,
            format="%d%%",
            key=memory.key("split.validation"),
            help=_WHY["validation"],
        )
        st.caption(f"{100 - test - validation}% are left for training.")
    seed = st.number_input(
        "Seed", 0, 2**31 - 1, 0, key=memory.key("split.seed"), help="Another seed deals anew."
    )
    together = st.toggle(
        "Keep copies together", True, key=memory.key("split.together"), help=_WHY["together"]
    )
    if together and not splitting.copies_known(dataset):
        st.caption("No copies are known; the leakage check looks for them.")
    shares = ((100 - test - validation) / 100, validation / 100, test / 100)
    return Asked(method, shares, int(folds) if folds else None, int(seed), bool(together))


_WHY = {
    "test": "Kept aside until the end, so that the final figures are about patients the model "
    "has never met.",
    "validation": "Used during training to choose the best epoch and the decision line.",
    "together": "Copies of an image that the leakage check has found go to one side, as the "
    "images of one patient always do.",
}


def _proposal(dataset: PreparedDataset, asked: Asked) -> Proposal:
    name = dataset.info.name
    copies = dataset.path / "copies.parquet"
    seen = copies.stat().st_mtime if copies.is_file() else 0.0
    return _made(name, stamp(name), seen, asked, dataset)


@st.cache_data(max_entries=16, show_spinner="Dividing")
def _made(name: str, at: float, copies: float, asked: Asked, _dataset: PreparedDataset) -> Proposal:
    return splitting.propose(_dataset, asked.method, **asked.options())


def _keep(dataset: PreparedDataset, asked: Asked, names: list[str]) -> None:
    with st.container(border=True, key="split-keep"):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        wish = next(name for name in _wishes(asked.method) if name not in names)
        name = left.text_input(
            "Keep this split under the name", wish, max_chars=64, key=memory.key(f"split.as.{wish}")
        ).strip()
        pressed = right.button("Keep it", type="primary", icon=":material/save:", width="stretch")
        if pressed:
            _save(dataset, asked, name, names)


def _wishes(method: str) -> list[str]:
    return [method, *(f"{method}-{number}" for number in range(2, 1000))]


def _save(dataset: PreparedDataset, asked: Asked, name: str, names: list[str]) -> None:
    if name in names:
        st.error(
            f"There is a split {name!r} already, and runs may rest on it. Choose another name.",
            icon=":material/error:",
        )
        return
    try:
        made = splitting.propose(dataset, asked.method, name=name, **asked.options())
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    splitting.keep(dataset, made)
    st.session_state.pop(memory.key(f"split.name.{dataset.info.name}"), None)
    st.toast(f"The split {name} is kept with the dataset.", icon=":material/check:")
    st.rerun()


def _command(dataset: PreparedDataset, chosen: str, asked: Asked | None) -> None:
    if asked is None:
        command.show(("train", "--dataset", dataset.info.name, "--split", chosen))
        return
    said: list[str | float] = ["split", dataset.info.name, "--name", "NAME"]
    said += ["--method", asked.method, "--fractions", *asked.fractions, "--seed", asked.seed]
    if asked.folds:
        said += ["--folds", asked.folds]
    if not asked.together:
        said.append("--ignore-copies")
    command.show(said)
