"""The first step of adding: the images' place, and the format they are in."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import MammolensError
from core.services import archives, dataset_choices
from core.services.dataset_choices import FormatChoice
from ui.data import memory

Place = tuple[str, FormatChoice, list[str]]
MOST_MEGABYTES = 100
RECOGNISE = "auto"


def folder() -> Place | None:
    path = st.text_input(
        "Path of the folder, or of a manifest's table",
        key=memory.key("add.path"),
        placeholder="/data/mammograms",
        help="On the computer that runs Mammolens. Nothing in it is changed.",
    ).strip()
    if not path:
        st.caption("Each set is read in the layout in which its publisher ships it.")
        return None
    whole = dataset_choices.located(path)
    if whole is None:
        st.error(f"There is no folder {path!r} on the server.", icon=":material/error:")
        return None
    return _format(str(whole))


def zipped() -> Place | None:
    file = st.file_uploader(
        f"A zip, up to {MOST_MEGABYTES} MB",
        type="zip",
        max_upload_size=MOST_MEGABYTES,
        key=memory.key("add.zip"),
        help="Class folders with images, or any other layout that Mammolens reads. Copy larger "
        "sets to a folder on the server.",
    )
    if file is None:
        return None
    kept = memory.unpacked(file.file_id) or _unpacked(file)
    if kept is None:
        return None
    st.caption(f"Unpacked on the server into {kept}.")
    return _format(kept)


def _unpacked(file: UploadedFile) -> str | None:
    bar = st.progress(0.0, text="Unpacking")

    def tell(done: int, total: int) -> None:
        bar.progress(done / total, text="Unpacking")

    try:
        folder = archives.unpack(file, archives.free_name(_plain(file.name)), tell)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return None
    finally:
        bar.empty()
    memory.keep_unpacked(file.file_id, str(folder))
    return str(folder)


def _plain(name: str) -> str:
    """A file's name as the name of a folder."""
    stem = Path(name).stem[:40]
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in stem).strip("-") or "upload"


def _format(path: str) -> Place | None:
    known = dataset_choices.formats()
    found = dataset_choices.recognised(path)
    if found is None:
        st.warning(
            "This looks like none of the known layouts. Choose one, or describe the images in a "
            "table of your own (manifest).",
            icon=":material/help:",
        )
    names = list(known)
    chosen = st.selectbox(
        "Layout",
        names,
        index=names.index(found) if found else None,
        format_func=lambda name: _titled(known[name], recognised=name == found),
        placeholder="Choose the layout",
        key=memory.key(f"add.format.{path}"),
    )
    if chosen is None:
        return None
    return path, known[chosen], _options(path, known[chosen])


def _titled(choice: FormatChoice, *, recognised: bool) -> str:
    return f"{choice.title}{' (recognised)' if recognised else ''}"


def _options(path: str, choice: FormatChoice) -> list[str]:
    """The format's own choices, where they differ from what is usual."""
    said: list[str] = []
    st.caption(f"{choice.summary} Terms: {choice.terms}.")
    if choice.options:
        with st.expander("Choices of this layout", icon=":material/tune:"):
            for name, usual in choice.options.items():
                at = memory.key(f"add.option.{path}.{choice.name}.{name}")
                value = st.text_input(name.replace("_", " ").capitalize(), usual, key=at)
                if value != usual:
                    said += ["--option", f"{name}={value}"]
    return said
