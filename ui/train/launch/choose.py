"""What learns from what: dataset, split, recipe and model."""

from collections import Counter
from collections.abc import Callable

import streamlit as st

from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.services import networks, suggesting
from core.services.launching import Draft
from core.services.prepared_sets import PreparedDataset
from ui.train import memory, terms
from ui.train.launch import draft

NO_RECIPE, ITS_OWN = "No recipe", "As in the recipe"


def show(chosen: Draft, names: list[str], dataset: PreparedDataset | None) -> None:
    with st.container(key="train-choose"):
        first, second, third, fourth = st.columns([1.2, 0.8, 1.5, 1.3])
    known = names if chosen.dataset in names else [*names, chosen.dataset]
    with first:
        _pick("Dataset", "dataset", known, chosen.dataset)
    if dataset is None:
        return
    splits = dataset.split_names()
    split = str(chosen.settings.get("split", "default"))
    with second:
        _split(splits, split)
    with third:
        _recipe(chosen, dataset)
    with fourth:
        _model(chosen)
    st.caption(_said(chosen, dataset, split))


def _pick(
    title: str,
    name: str,
    options: list[str],
    value: str,
    said: Callable[[str], str] = str,
    tip: str | None = None,
) -> None:
    at = memory.key(f"choose.{draft.edition()}.{name}")

    def take() -> None:
        draft.choose(**{name: st.session_state[at]})

    st.selectbox(
        title, options, options.index(value), format_func=said, key=at, on_change=take, help=tip
    )


def _split(names: list[str], value: str) -> None:
    options = names if value in names else [*names, value]
    at = memory.key(f"choose.{draft.edition()}.split")

    def take() -> None:
        draft.change("split", st.session_state[at], "default")

    st.selectbox(
        "Split",
        options,
        options.index(value),
        key=at,
        on_change=take,
        help=terms.explain("split"),
    )


def _recipe(chosen: Draft, dataset: PreparedDataset) -> None:
    found = {one.name: one for one in suggesting.recipes(dataset)}

    def said(name: str) -> str:
        if not name:
            return NO_RECIPE
        fitting = " · made for such images" if found[name].fits else ""
        return f"{found[name].title} ({name}){fitting}"

    _pick("Recipe", "recipe", [*found, ""], chosen.recipe, said, terms.explain("recipe"))


def _said(chosen: Draft, dataset: PreparedDataset, split: str) -> str:
    """What will be learned from how much, in one line."""
    known = split in dataset.split_names()
    parts = Counter(dataset.split(split)) if known else Counter[str]()
    counts = f"{parts[TRAIN]:,} images to learn from, {parts[VALIDATION]:,} to choose"
    counts += f" the best epoch with, {parts[TEST]:,} for the test."
    classes = ", ".join(name.replace("_", " ") for name in dataset.info.classes)
    recipe = f"{suggesting.summary(chosen.recipe)} " if chosen.recipe else ""
    return f"{recipe}{counts} Classes: {classes}."


def _model(chosen: Draft) -> None:
    titles = networks.titles()
    first = [""] if chosen.recipe else []
    value = chosen.model or ("" if chosen.recipe else "custom_cnn")

    def said(name: str) -> str:
        return titles[name] if name else ITS_OWN

    _pick("Model", "model", [*first, *titles], value, said, terms.explain("model"))
