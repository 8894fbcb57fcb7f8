"""Export: the network of a run in other formats, each compared with the original."""

from functools import partial

import streamlit as st

from core.errors import MammolensError
from core.services import export, publishing
from core.services.export import Exported
from core.services.export_formats import FORMATS, INSTALL, Format
from ui import words
from ui.data import command
from ui.train import job, memory

_MOST_BYTES = 300 * 2**20  # of a file that is handed to a browser


def show(run_id: str) -> None:
    st.caption(
        "After writing, the file is asked about images the network did not learn from. It is kept "
        "only if every probability is the same to a tenth of a percentage point."
    )
    if problem := publishing.hindrance(run_id):
        st.info(problem, icon=":material/hourglass_empty:")
        return
    made = {item.format: item for item in export.exported(run_id)}
    for form in FORMATS.values():
        with st.container(border=True, key=memory.key(f"export.box.{form.name}")):
            _format(run_id, form, made.get(form.name))
    command.show(*(("export", run_id, name) for name in FORMATS))


def _format(run_id: str, form: Format, made: Exported | None) -> None:
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(f"**{form.title}**  \n{form.about}")
    missing = form.missing()
    if missing:
        left.caption(f"Needs {words.joined(list(missing))}. Install with:")
        left.code(INSTALL, language="bash")
    label = "Write again" if made else "Write"
    at = memory.key(f"export.{form.name}")
    busy = job.show(partial(export.latest, run_id, form.name))
    pressed = right.button(
        label, key=at, icon=":material/save_alt:", disabled=bool(missing) or busy, width="stretch"
    )
    if pressed:
        try:
            export.start(run_id, form.name)
        except MammolensError as fault:
            st.error(str(fault), icon=":material/error:")
            return
        st.rerun()
    if made and not busy:
        _made(made)


def _made(made: Exported) -> None:
    size = f"{made.bytes / 2**20:.1f} MiB"
    same = "are the same" if not made.difference else f"differ by at most {made.difference:.1g}"
    st.markdown(
        f":material/check: {size}. Probabilities {same} on "
        f"{words.count(made.images, 'image')} ({made.compared_on})."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.code(made.path, language=None)
        if content := export.content(made, _MOST_BYTES):
            st.download_button(
                "Download",
                content,
                content_name(made),
                icon=":material/download:",
                key=memory.key(f"export.get.{made.format}"),
                on_click="ignore",
            )


def content_name(made: Exported) -> str:
    return made.path.rsplit("/", 1)[-1]
