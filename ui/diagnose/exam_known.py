"""What a model of whole exams is told of the patient: from the files, corrected by a person."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.services import exam_models
from core.services.catalogue import Bundle
from core.services.exam_context import OLDEST
from ui import words
from ui.state import ExamView

NOT_KNOWN = "not known"
DENSITIES = {
    "A": "A, hardly any dense tissue",
    "B": "B, some",
    "C": "C, much",
    "D": "D, nearly all",
}
_TITLES = {"age": "age", "density": "breast density", "implant": "implant", "machine": "machine"}


def show(key: str, views: Sequence[ExamView], model: Bundle) -> dict[str, Any]:
    """What a person says otherwise than the files do; None is "not known"."""
    code = exam_models.context(model)
    of_files, at_first = _from_files(views), _at_first(views)
    part = f"{key}.known.{'-'.join(one.case.key[-6:] for one in views)}"
    if not code.reads:
        return {}
    heading = _heading({name: at_first[name] for name in code.reads})
    with st.expander(heading, icon=":material/person:", key=f"{part}.all"):
        st.caption(
            "This model also reads what is known of the patient: what the files say, unless it is "
            "corrected here. What is not known is told to it as not known; nothing is guessed."
        )
        with st.container(horizontal=True):
            said = {n: draw(part, at_first[n]) for n, draw in _ASKED.items() if n in code.reads}
            if "machine" in code.reads:
                said["machine"] = _machine(part, at_first["machine"], code.machines)
    return {name: value for name, value in said.items() if value != of_files[name]}


def _from_files(views: Sequence[ExamView]) -> dict[str, Any]:
    facts = [one.case.mammogram.facts for one in views]
    return {
        "age": _first([one.age for one in facts]),
        "density": None,
        "implant": _first([one.implant for one in facts]),
        "machine": _first([one.machine for one in facts]),
    }


def _at_first(views: Sequence[ExamView]) -> dict[str, Any]:
    """Of a sample more is known than its file says."""
    told = [one.case.case.metadata for one in views if one.case.case]
    return {
        name: value if value is not None else _first([getattr(one, name) for one in told])
        for name, value in _from_files(views).items()
    }


def _first(values: Sequence[Any]) -> Any:
    return next((one for one in values if one is not None), None)


def _heading(known: dict[str, Any]) -> str:
    missing = [_TITLES[name] for name, value in known.items() if value is None]
    present = [_TITLES[name] for name, value in known.items() if value is not None]
    parts = [f"known: {words.joined(present)}"] if present else []
    parts += [f"not known: {words.joined(missing)}"] if missing else []
    return f"What is known of the patient ({'; '.join(parts)})"


def _age(key: str, first: float | None) -> float | None:
    found = st.number_input(
        "Age in years",
        min_value=0,
        max_value=OLDEST,
        value=None if first is None else round(first),
        placeholder=NOT_KNOWN,
        key=f"{key}.age",
        persist_state="session",
    )
    return None if found is None else float(found)


def _density(key: str, first: str | None) -> str | None:
    options = list(DENSITIES)
    chosen: str | None = st.selectbox(
        "Breast density",
        options,
        index=options.index(first) if first in options else None,
        format_func=lambda name: DENSITIES[name],
        placeholder=NOT_KNOWN,
        key=f"{key}.density",
        help=words.explain("density"),
        persist_state="session",
    )
    return chosen


def _implant(key: str, first: bool | None) -> bool | None:
    chosen = st.selectbox(
        "Implant",
        ["no", "yes"],
        index=None if first is None else int(first),
        placeholder=NOT_KNOWN,
        key=f"{key}.implant",
        persist_state="session",
    )
    return None if chosen is None else chosen == "yes"


def _machine(key: str, first: str | None, known: Sequence[str]) -> str | None:
    """Those the model tells apart; of another one it knows only that it is another."""
    options = sorted({*known, *([first] if first else [])})
    chosen: str | None = st.selectbox(
        "Machine",
        options,
        index=options.index(first) if first else None,
        placeholder=NOT_KNOWN,
        accept_new_options=True,
        key=f"{key}.machine",
        help="Machines that the model has not learned from are all the same to it.",
        persist_state="session",
    )
    return chosen


_ASKED: dict[str, Callable[[str, Any], Any]] = {
    "age": _age,
    "density": _density,
    "implant": _implant,
}
