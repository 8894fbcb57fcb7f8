"""The settings that a cross-validation or a search begins with, wherever they come from."""

from dataclasses import dataclass

import streamlit as st

from core.domain.training import TrainConfig
from core.services import launching, presets, run_table, runs, suggesting
from core.services.launching import Draft
from ui.data import stock
from ui.train import memory
from ui.train.launch import draft

DRAFT, RECIPE, PRESET, RUN = "draft", "recipe", "preset", "run"
_MOST_RUNS = 30


@dataclass(frozen=True)
class Basis:
    """`words` say the same on a command line."""

    config: TrainConfig
    words: tuple[str, ...]


def show(name: str) -> Basis | None:
    """None where there is nothing to begin with yet."""
    sets = stock.finished(stock.listing())
    if not sets:
        st.info(
            "Training needs images first. Make a set of synthetic ones, or add your own.",
            icon=":material/database:",
        )
        st.page_link("pages/4_Data.py", label="Open Data", icon=":material/database:")
        return None
    offers = _offers()
    kind, about = st.selectbox(
        "Settings",
        list(offers),
        format_func=offers.__getitem__,
        key=memory.key(f"{name}.basis"),
        help="Everything that is not varied here is taken from there.",
    )
    if kind == RECIPE:
        return _recipe(name, sets)
    return _of(kind, about)


def _offers() -> dict[tuple[str, str], str]:
    offers = {(DRAFT, ""): "As set up under “New run”"} if draft.current() else {}
    offers[(RECIPE, "")] = "A recipe on a dataset"
    offers |= {(PRESET, one): f"Preset {one}" for one in presets.names()}
    own = [row for row in run_table.rows() if not row.fault][:_MOST_RUNS]
    return offers | {(RUN, row.id): f"Run {row.name} ({row.id})" for row in own}


def _recipe(name: str, sets: list[str]) -> Basis:
    left, right = st.columns(2)
    dataset = left.selectbox("Dataset", sets, key=memory.key(f"{name}.dataset"))
    found = {one.name: one for one in suggesting.recipes(stock.dataset(dataset))}
    usual = suggesting.draft(dataset).recipe
    recipe = right.selectbox(
        "Recipe",
        list(found),
        list(found).index(usual) if usual in found else 0,
        format_func=lambda one: f"{found[one].title} ({one})",
        key=memory.key(f"{name}.recipe.{dataset}"),
    )
    return _drafted(Draft(dataset, recipe))


def _of(kind: str, about: str) -> Basis:
    if kind == PRESET:
        return Basis(presets.load(about), ("--preset", about))
    if kind == RUN:
        return Basis(runs.configuration(about), ("--like", about))
    current = draft.current()
    assert current is not None
    return _drafted(current)


def _drafted(chosen: Draft) -> Basis:
    return Basis(launching.configure(chosen), tuple(launching.command(chosen)[1:]))
