"""What to do before there are figures: the one click that leads to them."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.errors import MammolensError
from core.services import evaluation_job
from core.services.judgeable import Choice, Readiness, Stage, readiness
from ui import words
from ui.data import command
from ui.evaluate import memory
from ui.evaluate.stock import Wish


def nothing_yet(choices: list[Choice], *, waiting: bool) -> None:
    """No dataset, or no model: the page explains itself and offers the first step."""
    if waiting:
        st.caption("The figures open as soon as they are there. You may leave and return.")
        return
    st.html(
        '<div class="empty-room"><p><strong>Nothing has been evaluated yet.</strong> This page '
        "puts a trained model to images whose truth is known, and says how good it is, how sure "
        "that is, and on which images it fails.</p></div>"
    )
    if not choices:
        st.info(
            "No model is here yet. Train one on the Train page, then come back.",
            icon=":material/model_training:",
        )
        return
    phantom(choices)


def phantom(choices: list[Choice]) -> None:
    """One click from nothing to figures."""
    model = next((item for item in choices if item.shipped), choices[0])
    above = st.container()
    with st.expander("Choose how many", icon=":material/tune:"):
        patients = int(
            st.number_input(
                "Patients",
                2,
                2000,
                evaluation_job.PATIENTS,
                key=memory.key("phantom.patients"),
                help="Four images each: both breasts, each from above and from the side. Few "
                "patients make wide intervals.",
            )
        )
    with above:
        _phantom_button(model, patients)


def _phantom_button(model: Choice, patients: int) -> None:
    if st.button(
        "Try the model on a new phantom set",
        type="primary",
        icon=":material/play_arrow:",
        key=memory.key("phantom"),
    ):
        _begin(model.name, lambda: evaluation_job.start_phantom(model.name, patients))
    st.caption(
        f"Mammolens draws {4 * patients:,} images of {patients} synthetic patients and puts "
        f"“{model.title}” to them. It takes a minute or two; no permission and no download needed."
    )


def new_images(choices: list[Choice], models: tuple[str, ...]) -> None:
    """A labelled folder of one's own, prepared the way the model learned."""
    st.header("Evaluate on new images", anchor=False)
    names = {item.name: item.title for item in choices}
    with st.container(border=True, key="evaluate-folder"):
        st.markdown(
            "**A labelled folder.** Class folders with images, or any layout that Mammolens reads. "
            "The images are prepared the way the model learned its own."
        )
        model = st.selectbox(
            "Model",
            list(names),
            index=list(names).index(models[0]) if models and models[0] in names else 0,
            format_func=names.__getitem__,
            key=memory.key("folder.model"),
        )
        path = st.text_input(
            "Folder on the server", key=memory.key("folder.path"), placeholder="/data/mammograms"
        ).strip()
        folder = Path(path).expanduser()
        name = st.text_input(
            "Name of the dataset it makes",
            _plain(folder.name),
            key=memory.key(f"folder.name.{folder.name}"),
            max_chars=60,
        ).strip()
        if st.button(
            "Prepare and evaluate",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not (path and name),
            key=memory.key("folder.go"),
        ):
            if folder.is_dir():
                _begin(model, lambda: evaluation_job.start_folder(model, folder.resolve(), name))
            else:
                st.error(
                    f"There is no folder {path!r} on the server. Check the path; a zip from your "
                    "own computer is unpacked on the Data page.",
                    icon=":material/error:",
                )
        command.show(("evaluate", model, "--folder", path or "FOLDER", "--name", name or "NAME"))
    st.markdown("**Or synthetic patients**, drawn anew:")
    phantom(choices)


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")


def _begin(model: str, start: Callable[[], str]) -> None:
    try:
        name = start()
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    memory.await_evaluation([model], name)
    st.rerun()


def missing(wish: Wish, *, busy: bool) -> bool:
    """Offers what is missing for figures; whether anything is."""
    found = {
        name: readiness(name, wish.dataset, split=wish.split, part=wish.part)
        for name in wish.models
    }
    blocked = [one for one in found.values() if one.stage is Stage.IMPOSSIBLE]
    for one in blocked:
        st.warning(one.reason, icon=":material/block:")
    to_prepare = [name for name, one in found.items() if one.stage is Stage.PREPARE]
    for name in to_prepare:
        _prepare(name, wish, busy=busy)
    if blocked or to_prepare:
        return True
    if all(one.stage is Stage.READY for one in found.values()):
        return False
    _ask(wish, found, busy=busy)
    return True


def _prepare(model: str, wish: Wish, *, busy: bool) -> None:
    st.info(
        f"“{wish.dataset}” was prepared in another way than “{model}” learned its images. A "
        "model is never shown images it was not made for; they are prepared again from the same "
        "files, under another name.",
        icon=":material/tune:",
    )
    if st.button(
        "Prepare it for this model, and evaluate",
        type="primary",
        icon=":material/play_arrow:",
        disabled=busy,
        key=memory.key(f"again.{model}"),
    ):
        _begin(model, lambda: evaluation_job.start_again(model, wish.dataset))
    command.show(("evaluate", model, "--dataset", wish.dataset, "--prepare-again"))


def _ask(wish: Wish, found: dict[str, Readiness], *, busy: bool) -> None:
    missing_images = sum(one.missing for one in found.values())
    asked = [name for name, one in found.items() if one.missing]
    st.markdown(
        f"{words.joined([f'“{name}”' for name in asked])} must answer "
        f"{words.count(missing_images, 'image')} first. The answers are kept, so this is done once."
    )
    if st.button(
        "Evaluate",
        type="primary",
        icon=":material/play_arrow:",
        disabled=busy,
        key=memory.key("ask"),
    ):
        tell_faults(
            lambda: evaluation_job.start(
                wish.models, wish.dataset, split=wish.split, part=wish.part
            )
        )
    command.show(evaluate_words(wish))


def tell_faults(start: Callable[[], object]) -> None:
    """A refusal is said on the page; otherwise the whole page looks again."""
    try:
        start()
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    st.rerun()


def evaluate_words(wish: Wish, *more: str) -> list[str | float]:
    """The command that measures the same."""
    said: list[str | float] = ["evaluate", *wish.models, "--dataset", wish.dataset]
    said += ["--split", wish.split] if wish.split else []
    said += ["--part", wish.part] if wish.part else []
    return [*said, *more]
