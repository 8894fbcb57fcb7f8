"""Publish: a run, or all networks of a cross-validation, becomes a model with a card.

It is then ready on Diagnose and Evaluate.
"""

from functools import partial

import streamlit as st

from core.domain.training import TrainConfig
from core.errors import MammolensError
from core.services import groups, publishing, run_card, runs
from core.services.card_texts import CardTexts
from ui.data import command
from ui.train import job, memory
from ui.train.publish import card

NEW = ""


def show(run_id: str) -> None:
    st.caption(
        "Publishing measures the best epoch on the test images, sets its decision line on the "
        "validation images, and writes both on a card. The model then appears on Diagnose and "
        "Evaluate."
    )
    _offer(run_id, runs.configuration(run_id), "Publish this run")


def of_group(group_id: str) -> None:
    """All networks of a cross-validation as one model."""
    group = groups.read(group_id)
    st.markdown("**Publish as one model**")
    st.caption(
        f"The {len(group.runs)} networks then answer together, with their mean, and show how far "
        "they agree. The card tells what each did with patients it never saw. An answer takes "
        f"about {len(group.runs)} times as long as one network's."
    )
    _offer(group_id, group.training, "Publish all folds as one model", group.title)


def _offer(run_id: str, config: TrainConfig, call: str, title: str = "") -> None:
    if job.show(partial(publishing.latest, run_id)):
        return
    made = publishing.published(run_id)
    for item in made:
        card.show(item)
    with st.expander(
        "Publish it again under another name" if made else call,
        icon=":material/publish:",
        expanded=not made,
    ):
        _form(run_id, config, title or config.title)


def _form(run_id: str, config: TrainConfig, named: str) -> None:
    if problem := publishing.hindrance(run_id):
        st.info(problem, icon=":material/hourglass_empty:")
        return
    wish = publishing.usual_name(run_id, config.recipe or config.model.name)
    with st.form(memory.key(f"publish.{run_id}"), border=False):
        left, right = st.columns(2)
        name = left.text_input(
            "Name", wish, max_chars=64, help="Small letters, digits, - and _, such as my-model."
        )
        title = right.text_input(
            "Title", named, max_chars=120, placeholder="What people read in a menu"
        )
        use = st.text_area("Intended use", run_card.INTENDED, height=80)
        limits = st.text_area(
            "Further limitations",
            height=100,
            placeholder="One sentence a line. What the program finds out is added by itself.",
        )
        replace = st.checkbox("Replace a model of that name")
        pressed = st.form_submit_button("Publish", type="primary", icon=":material/publish:")
    texts = CardTexts(title, use, tuple(limits.splitlines()))
    if pressed:
        _start(run_id, name.strip(), texts, replace=replace)
    command.show(("publish", run_id, name.strip() or wish))


def _start(run_id: str, name: str, texts: CardTexts, *, replace: bool) -> None:
    try:
        publishing.start(run_id, name, texts, replace=replace)
    except MammolensError as fault:
        st.error(str(fault), icon=":material/error:")
        return
    st.rerun()
