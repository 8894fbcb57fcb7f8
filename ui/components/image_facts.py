"""What the file says of the image, without anything that names a person."""

import html

import streamlit as st

from core.domain.cases import Side, View
from core.domain.images import ImageFacts
from ui.state import OpenCase

_VIEWS = {View.CC: "CC, from above", View.MLO: "MLO, from the side", View.OTHER: "another one"}


def show(key: str, case: OpenCase) -> None:
    with st.expander("About this image", icon=":material/description:", key=key):
        rows = "".join(
            f"<dt>{name}</dt><dd>{html.escape(value)}</dd>"
            for name, value in facts(case.mammogram.facts).items()
        )
        st.html(f'<dl class="facts">{rows}</dl>')
        for note in case.mammogram.facts.notes:
            st.caption(note)


def facts(known: ImageFacts) -> dict[str, str]:
    """Only what the file says; what it leaves open is left out."""
    rows: dict[str, str | None] = {
        "Breast": {Side.LEFT: "left", Side.RIGHT: "right", None: None}[known.laterality],
        "View": _VIEWS[known.view] if known.view else None,
        "Age": f"{known.age:.0f} years" if known.age is not None else None,
        "Implant": {True: "yes", False: "no", None: None}[known.implant],
        "Size": f"{known.columns:,} × {known.rows:,} pixels, {known.bits} bits each",
        "Pixel": _spacing(known.spacing_mm),
        "Machine": known.machine,
        "File": _file(known),
        "Brightness": _brightness(known),
    }
    return {name: value for name, value in rows.items() if value}


def _spacing(spacing: tuple[float, float] | None) -> str | None:
    if spacing is None:
        return None
    row, column = spacing
    return f"{row:.3g} mm" if row == column else f"{row:.3g} × {column:.3g} mm"


def _file(known: ImageFacts) -> str:
    purpose = {True: "for presentation", False: "for processing", None: ""}[known.presentation]
    return ", ".join(part for part in (known.format, purpose) if part)


def _brightness(known: ImageFacts) -> str | None:
    parts = []
    if known.windowing != "none":
        parts.append(f"shown as the file asks ({known.windowing})")
    if known.inverted:
        parts.append("turned over, so that dense tissue is bright")
    return ", ".join(parts) or None
