"""The mammogram on black: as large as the page allows, sharp, with zoom, pan and heatmap.

The picture is mounted once; its look (opacity, palette ...) is a second, tiny mount that
a fragment can repeat at every move of a slider without sending the picture again.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.domain.images import Pixels
from core.services.hot_regions import HotRegion
from core.services.overlay import Palette, colourise
from ui.words import NOTICE

_HERE = Path(__file__).parent
_SCRIPT = (_HERE / "image_viewer.js").read_text(encoding="utf-8")
_viewer = st.components.v2.component(
    "mammolens_viewer",
    html=(_HERE / "image_viewer.html").read_text(encoding="utf-8").replace("NOTICE", NOTICE),
    css=(_HERE / "image_viewer.css").read_text(encoding="utf-8"),
    js=_SCRIPT,
)
# The same script: its two mounts find each other because one module serves both.
_look = st.components.v2.component("mammolens_look", js=_SCRIPT)


@dataclass(frozen=True)
class Picture:
    """What the browser needs, encoded; sizes and outlines are in pixels of the mammogram."""

    image: str
    width: int
    height: int
    label: str
    heat: str | None = None
    outlines: tuple[list[list[int]], ...] = ()


@dataclass(frozen=True)
class Look:
    opacity: float = 0.5
    threshold: float = 0.15
    palette: Palette = "magma"
    side_by_side: bool = False
    outline: bool = False
    boxes: tuple[HotRegion, ...] = ()
    window: tuple[float, float] = (0.0, 1.0)  # what is black, and what is white


def show(key: str, picture: Picture) -> None:
    _viewer(key=key, data={"role": "picture", "id": key, **vars(picture)})


def adjust(key: str, look: Look) -> None:
    """Changes how the picture mounted under `key` is drawn."""
    data: dict[str, Any] = {
        "role": "look",
        "id": key,
        "opacity": look.opacity,
        "threshold": look.threshold,
        "lut": _table(look.palette),
        "sideBySide": look.side_by_side,
        "outline": look.outline,
        "boxes": [_box(number, region) for number, region in enumerate(look.boxes, 1)],
        "window": list(look.window),
    }
    _look(key=f"{key}-look", data=data, height=1)


def _box(number: int, region: HotRegion) -> dict[str, Any]:
    place = {name: getattr(region, name) for name in ("left", "top", "width", "height")}
    size = region.size_mm
    return {**place, "label": f"{size[0]:.0f} × {size[1]:.0f} mm" if size else f"{number}"}


def _table(palette: Palette) -> str:
    """The 256 colours of a palette, three bytes each."""
    steps = np.linspace(0, 1, 256, dtype=np.float32)[None]
    return base64.b64encode(colourise(steps, palette).tobytes()).decode()


def encode(
    pixels: Pixels, label: str, heat: Pixels | None, masks: tuple[NDArray[np.bool_], ...]
) -> Picture:
    """Large images are halved until they fit a 4K screen twice over."""
    rows, columns = pixels.shape
    return Picture(
        image=_jpeg(_bounded(pixels, 3072)),
        width=columns,
        height=rows,
        label=label,
        heat=None if heat is None else _png(_bounded(heat, 512)),
        outlines=tuple(points for mask in masks for points in _outlines(mask)),
    )


def heat_address(heat: Pixels) -> str:
    """A heatmap as the viewer takes it, of any size."""
    return _png(_bounded(heat, 512))


def _bounded(values: Pixels, longest: int) -> NDArray[np.uint8]:
    import cv2

    factor = longest / max(values.shape)
    if factor < 1:
        values = cv2.resize(values, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray((np.clip(values, 0, 1) * 255).round(), dtype=np.uint8)


def _jpeg(grey: NDArray[np.uint8]) -> str:
    import cv2

    _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 94])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()


def _png(grey: NDArray[np.uint8]) -> str:
    import cv2

    _, data = cv2.imencode(".png", grey, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return "data:image/png;base64," + base64.b64encode(data.tobytes()).decode()


def _outlines(mask: NDArray[np.bool_]) -> list[list[list[int]]]:
    import cv2

    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    smooth = (cv2.approxPolyDP(points, 0.7, True) for points in found)
    return [points[:, 0].tolist() for points in smooth if len(points) > 2]
