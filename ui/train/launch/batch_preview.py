"""The first batch as the network will be fed it, drawn when somebody asks to see it."""

import sys

import streamlit as st

from core.domain.training import TrainConfig
from core.services import first_batch
from core.services.gallery import data_address, levels
from core.services.prepared_sets import stamp
from ui.data import look
from ui.train import memory

QUALITY = 90


def show(config: TrainConfig) -> None:
    wanted = st.toggle(
        "Show the first batch as it will be fed",
        key=memory.key("batch.wanted"),
        help="The images of the first step, in their order, changed as the augmentation says.",
    )
    if not wanted:
        return
    said = "Drawing the first batch"
    if "keras" not in sys.modules and config.augmentation.active:
        said = "Starting the library that training uses, some seconds"
    with st.spinner(said):
        shots = _shots(first_batch.key(config), stamp(config.dataset), config)
    size = f"{config.model.width} × {config.model.height} pixels"
    most = (
        f", the first {len(shots)} of {config.batch_size}" if len(shots) < config.batch_size else ""
    )
    st.caption(f"The first step of epoch 1 with the seed {config.seed}{most}. {size}.")
    st.html(f'<div class="shots batch">{"".join(shots)}</div>')


@st.cache_data(max_entries=16, show_spinner=False)
def _shots(key: str, at: float, _config: TrainConfig) -> list[str]:
    return [
        look.figure(
            data_address(levels(one.as_fed), QUALITY),
            f"{one.label.replace('_', ' ')} · {one.image_id}",
            f"{one.image_id} as it is fed",
        )
        for one in first_batch.pictures(_config)
    ]
