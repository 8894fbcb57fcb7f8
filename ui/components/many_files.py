"""The control "Many files": the browser sends them straight to the server's disk, one by one.

What goes through Streamlit's own uploader lies in the server's memory, where many large files do
not fit. Sending goes on while another page of the program is looked at.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.services.trays import Tray

_HERE = Path(__file__).parent


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_control = st.components.v2.component(
    "mammolens_many_files",
    html=_read("many_files.html"),
    css=_read("many_files.css"),
    js=_read("many_files_sender.js") + _read("many_files.js"),
)


@dataclass(frozen=True)
class Told:
    """What the control reports, each time once."""

    arrived: bool  # all that was chosen is on the server
    removed: bool  # a person wants none of it any more


def show(key: str, tray: Tray) -> Told:
    answer = _control(
        key=key, data=_data(tray), on_arrived_change=_nothing, on_removed_change=_nothing
    )
    arrived = answer.arrived is not None and not answer.arrived["missing"]
    return Told(arrived=arrived, removed=answer.removed is not None)


def _nothing() -> None:
    """The triggers need a callback to exist; the run that follows does the work."""


def _data(tray: Tray) -> dict[str, Any]:
    limits = tray.limits
    return {
        "address": f"api/uploads/{tray.key}",
        "held": len(tray.files()),
        "limits": {
            "most_file_bytes": limits.most_file_bytes,
            "most_bytes": limits.most_bytes,
            "most_files": limits.most_files,
        },
    }
