"""How training would change an image at random: one image and some of its versions."""

import sys
from typing import Any

import streamlit as st

from core.domain.settings import decode
from core.domain.training import Augmentation
from core.services import augmentation_preview as preview
from core.services.gallery import data_address, levels
from core.services.prepared_sets import PreparedDataset, stamp
from ui import frame
from ui.data import augmentation_widgets, command, image_choice, look, memory, terms

COUNT = 11


def show(dataset: PreparedDataset, facts: object) -> None:
    st.caption(terms.explain("augmentation"))
    st.fragment(_preview)(dataset)


def _preview(dataset: PreparedDataset) -> None:
    """A fragment: moving a slider runs nothing else of the page."""
    with frame.calm():
        settings, pictures = st.columns([1, 2.6], gap="large")
        with settings:
            row = image_choice.show("augment", dataset)
            recipe, config, seed = _settings()
        with pictures:
            _pictures(dataset, row, config, seed)
        _command(dataset, row, recipe, config, seed)


def _settings() -> tuple[str, Augmentation, int]:
    presets = preview.presets()
    names = list(presets)
    recipe = st.selectbox(
        "Begin with the recipe",
        names,
        index=min(1, len(names) - 1),
        key=memory.key("augment.recipe"),
        persist_state="session",
    )
    seed = memory.key("augment.seed")
    st.session_state.setdefault(seed, 0)
    if st.button("Draw other versions", icon=":material/casino:", key=memory.key("augment.again")):
        st.session_state[seed] += 1
    config = augmentation_widgets.show(f"augment.{recipe}", presets[recipe])
    return recipe, config, int(st.session_state[seed])


def _pictures(dataset: PreparedDataset, row: int, config: Augmentation, seed: int) -> None:
    name = dataset.info.name
    as_is = data_address(levels(preview.image(dataset, row)), 92)
    shots = [look.figure(as_is, "As prepared", "The image as prepared")]
    if not config.active:
        st.info("Nothing is changed. Move a slider, or begin with a recipe.")
    else:
        first = "keras" not in sys.modules
        words = "Starting the library that training uses, some seconds" if first else "Drawing"
        with st.spinner(words):
            made = _versions(name, stamp(name), row, _frozen(config), seed, dataset)
        shots += [
            look.figure(one, f"Version {place}", f"Changed version {place}")
            for place, one in enumerate(made, start=1)
        ]
    st.html(f'<div class="shots">{"".join(shots)}</div>')


def _frozen(config: Augmentation) -> tuple[tuple[str, Any], ...]:
    return tuple(vars(config).items())


@st.cache_data(max_entries=32, show_spinner=False)
def _versions(
    name: str,
    at: float,
    row: int,
    settings: tuple[tuple[str, Any], ...],
    seed: int,
    _dataset: PreparedDataset,
) -> list[str]:
    config = decode(Augmentation, dict(settings))
    made = preview.variants(preview.image(_dataset, row), config, COUNT, seed)
    return [data_address(levels(one), 92) for one in made]


def _command(
    dataset: PreparedDataset, row: int, recipe: str, config: Augmentation, seed: int
) -> None:
    usual, asked = preview.presets()[recipe], vars(config)
    changed = {name: value for name, value in asked.items() if value != getattr(usual, name)}
    said: list[str | float] = ["augment", dataset.info.name]
    said += ["--image", str(dataset.index["image_id"].iloc[row]), "--recipe", recipe]
    for name, value in changed.items():
        said += ["--set", f"augmentation.{name}={_json(value)}"]
    train: list[str | float] = ["train", "--dataset", dataset.info.name]
    for name, value in preview.as_settings(config).items():
        train += ["--set", f"{name}={_json(value)}"]
    command.show([*said, "--seed", seed, "--out", "versions.png"], train)


def _json(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
