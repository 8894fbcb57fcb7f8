"""A page of small pictures with the findings drawn on them; one that is pressed is handed back."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from core.services.gallery import Tile
from ui import charts

_HERE = Path(__file__).parent
_grid = st.components.v2.component(
    "mammolens_gallery",
    html='<div class="grid" role="list"></div>',
    css=(_HERE / "gallery_grid.css").read_text(encoding="utf-8"),
    js=(_HERE / "gallery_grid.js").read_text(encoding="utf-8"),
)


def _nothing() -> None:
    """The trigger needs a callback to exist; the run that follows does the work."""


def show(
    key: str, tiles: Sequence[Tile], titles: Mapping[str, str], *, findings: bool, side: float
) -> int | None:
    """The row of the dataset that was pressed just now; `side` is a picture's, in rem."""
    names = list(titles)
    items = [
        {
            "row": tile.row,
            "name": tile.image_id,
            "kind": titles.get(tile.class_name, tile.class_name),
            "colour": charts.class_colour(tile.class_name, names),
            "facts": tile.facts,
            "source": tile.source,
            "box": [tile.width, tile.height],
            "rings": tile.rings if findings else (),
        }
        for tile in tiles
    ]
    answer = _grid(key=key, data={"items": items, "side": side}, on_pressed_change=_nothing)
    return None if answer.pressed is None else int(answer.pressed)
