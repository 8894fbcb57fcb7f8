"""How the heatmap is drawn: a fragment of its own, so that a slider redraws nothing else."""

import html
from functools import lru_cache

import numpy as np
import streamlit as st

from core.domain.prediction import Prediction
from core.services.hot_regions import HotRegion, hot_regions
from core.services.overlay import Palette, colourise
from ui.components import image_viewer
from ui.components.image_viewer import Look
from ui.diagnose import take_away
from ui.state import OpenCase

PALETTES: dict[Palette, str] = {
    "magma": "Magma",
    "viridis": "Viridis",
    "jet": "Jet",
}


@st.fragment
def show(key: str, case: OpenCase, prediction: Prediction) -> Look:
    """Draws the settings and applies them to the picture mounted under `key`.

    What is taken away looks as the settings say, so it is offered here.
    """
    heatmap = prediction.heatmap
    if heatmap is None:
        return Look()
    title = next(c.title for c in prediction.card.classes if c.name == heatmap.target)
    if heatmap.empty:
        st.info(
            f"No region of this image spoke for {title}. There is no heatmap to draw.",
            icon=":material/visibility_off:",
        )
        look = Look(outline=_outline(key, case), window=_window(key))
    else:
        look = _settings(key, case, prediction, title)
    take_away.show(f"{key}.take", case, prediction, look)
    with st.container(key=f"unseen-{key}-look"):
        image_viewer.adjust(key, look)
    return look


def _settings(key: str, case: OpenCase, prediction: Prediction, title: str) -> Look:
    opacity = st.slider(
        "Strength of the colour over the image",
        0,
        100,
        50,
        step=5,
        format="%d%%",
        key=f"{key}.opacity",
        persist_state="session",
    )
    scale = st.empty()
    outline = _outline(key, case)
    boxes = _regions(key, prediction)
    side_by_side = st.toggle(
        "Image and heatmap side by side", key=f"{key}.both", persist_state="session"
    )
    with st.expander("Colours and brightness", icon=":material/palette:"):
        palette = _palette(key)
        threshold = st.slider(
            "Leave out regions weaker than",
            0,
            90,
            15,
            step=5,
            format="%d%%",
            key=f"{key}.threshold",
            help="In percent of the strongest region of this image.",
            persist_state="session",
        )
        window = _window(key)
    look = Look(
        opacity / 100, threshold / 100, palette, side_by_side, outline, tuple(boxes), window
    )
    scale.html(_scale(look, title))
    return look


def _outline(key: str, case: OpenCase) -> bool:
    if not case.truth:
        return False
    return st.toggle(
        "Outline what was really drawn",
        key=f"{key}.outline",
        help="The true border of the finding, known because the sample is synthetic.",
        persist_state="session",
    )


def _regions(key: str, prediction: Prediction) -> list[HotRegion]:
    """Boxes in the picture, and the same as a list for who cannot see them."""
    wanted = st.toggle(
        "Frame the hottest regions",
        key=f"{key}.boxes",
        help="Regions at least half as hot as the hottest one. A frame shows how far the colour "
        "reaches, not how large a finding is.",
        persist_state="session",
    )
    if not wanted or prediction.heatmap is None:
        return []
    found = hot_regions(prediction.heatmap, prediction.mammogram)
    if found and found[0].size_mm is None:
        st.caption("The file does not say how large a pixel is, so sizes are not known.")
    for number, region in enumerate(found, 1):
        st.caption(_in_words(number, region))
    return found


def _in_words(number: int, region: HotRegion) -> str:
    strength = f"{region.peak:.0%} of the strongest place"
    if region.size_mm is None:
        return f"Region {number}: {region.width} × {region.height} pixels, {strength}"
    across, down = region.size_mm
    return f"Region {number}: {across:.0f} × {down:.0f} mm, {strength}"


def _window(key: str) -> tuple[float, float]:
    low, high = st.slider(
        "Brightness shown, from black to white",
        0,
        100,
        (0, 100),
        step=5,
        format="%d%%",
        key=f"{key}.window",
        help="Narrow the range to see faint differences; the model is not asked again.",
        persist_state="session",
    )
    return low / 100, high / 100


def _palette(key: str) -> Palette:
    return st.segmented_control(
        "Palette",
        list(PALETTES),
        default="magma",
        required=True,
        format_func=lambda name: PALETTES[name],
        key=f"{key}.palette",
        help="Jet is the classic choice; its bands can suggest borders that are not there.",
        persist_state="session",
    )


def _scale(look: Look, title: str) -> str:
    """The colour bar, with its ends in words."""
    ramp = ", ".join(_stops(look.palette))
    return (
        f'<figure class="scale" aria-label="Colour scale, from low to high">'
        f'<div class="ramp" style="background: linear-gradient(to right, {ramp})"></div>'
        f'<figcaption class="ends"><span>low</span><span>high: the regions that spoke most for '
        f"{html.escape(title)}</span></figcaption></figure>"
    )


@lru_cache(maxsize=8)
def _stops(palette: Palette) -> tuple[str, ...]:
    colours = colourise(np.linspace(0, 1, 17, dtype=np.float32)[None], palette)[0]
    return tuple(f"rgb({r} {g} {b})" for r, g, b in colours.tolist())
