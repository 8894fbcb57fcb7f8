"""The operating point: one slider that moves every figure, suggestions, and the card."""

import streamlit as st

from core.domain.dataset import VALIDATION
from core.errors import MammolensError
from core.services import evaluation_job, judgeable
from core.services.judgeable import Stage
from core.services.judgement import Judgement
from core.services.operating_points import Suggestion, chosen_point, store
from ui import words
from ui.data import command
from ui.evaluate import memory, offers, stock, terms
from ui.evaluate.room import Room, choose_model
from ui.evaluate.stock import Shown

STEP = 0.001


def chosen(model: str, found: Judgement) -> float | None:
    """Where the slider stands; None where it was not touched, or stands at the model's own."""
    if not found.subject.positive:
        return None
    value = st.session_state.get(memory.threshold_key(model, found.dataset.info.name))
    own = found.subject.point.threshold
    if value is None or abs(value - _rounded(own)) < STEP / 2:
        return None
    return float(value)


def _rounded(threshold: float) -> float:
    return min(1.0, max(0.0, round(threshold, 3)))


def show(room: Room) -> None:
    item = room.first
    with st.container(key="evaluate-point"):
        choose_model(room)
        if not item.found.subject.positive:
            st.caption("No class counts as positive here, so there is no threshold to move.")
            return
        left, right = st.columns([5, 1.4], vertical_alignment="bottom")
        own = item.found.subject.point.threshold
        key = memory.threshold_key(item.name, room.wish.dataset)
        st.session_state.setdefault(key, _rounded(own))
        with left:
            st.slider(
                "Threshold",
                0.0,
                1.0,
                step=STEP,
                format="%.3f",
                key=key,
                help=terms.explain("threshold"),
                persist_state="session",
            )
        with right:
            _more(room, item, key)
    _said(item)


def _said(item: Shown) -> None:
    point = item.found.subject.point
    if not item.moved:
        reason = point.reason.rstrip(".")
        st.caption(f"The model's own threshold: {reason} (chosen on {point.chosen_on}).")
        return
    if item.found.part == VALIDATION:
        st.caption(f"Moved by hand; the model's own is {point.threshold:.3f}.")
        return
    st.warning(
        f"Moved by hand while looking at these cases; the model's own is {point.threshold:.3f}. "
        "Figures at a threshold chosen this way are a little too good. Choose it on validation "
        "images, then look here.",
        icon=":material/warning:",
    )


def _more(room: Room, item: Shown, key: str) -> None:
    with st.popover("Choose it by a rule", icon=":material/tune:", width="stretch"):
        known, honest = _cases(room, item)
        if known is None:
            return
        cost = st.number_input(
            "A miss costs as much as so many false alarms",
            1.0,
            1000.0,
            10.0,
            format="%g",
            key=memory.key("miss-cost"),
            persist_state="session",
        )
        where = f"{known.dataset.info.name}/{known.part}"
        rules = stock.offers(item.name, where, stock.changed(item.name, room.wish), cost, known)
        for rule in rules:
            _offer(rule, key)
        st.button(
            "Back to the model's own",
            icon=":material/undo:",
            on_click=_set,
            args=(key, _rounded(item.found.subject.point.threshold)),
            key=memory.key("point.own"),
        )
        _keep(item, known, rules, honest=honest)


def _cases(room: Room, item: Shown) -> tuple[Judgement | None, bool]:
    """Validation cases where they are at hand, else the ones on the page with a warning."""
    learned, split = item.found.subject.trained_on, item.found.subject.split
    ready = judgeable.readiness(item.name, learned, split=split, part=VALIDATION)
    if ready.stage is Stage.READY:
        st.caption(
            f"Chosen on {words.count(ready.images, 'validation image')} of {learned}, which no "
            "figure on this page is measured on."
            if item.found.part != VALIDATION
            else f"Chosen on the validation images of {learned}."
        )
        return stock.validation(item.name, room.wish), True
    if ready.stage is Stage.ASK:
        st.markdown(
            f"A threshold is chosen on validation images. The model must answer "
            f"{words.count(ready.missing, 'of them', 'of them')} first."
        )
        if st.button("Ask the model", type="primary", key=memory.key("point.ask")):
            offers.tell_faults(
                lambda: evaluation_job.start([item.name], learned, split=split, part=VALIDATION)
            )
        return None, True
    away = (
        "All images were used in the folds; none is kept aside for this."
        if item.found.subject.out_of_fold or item.found.subject.members
        else f"The validation images of “{learned}” are not at hand."
    )
    st.warning(
        f"{away} These rules look at the very cases the figures are measured on, which makes the "
        "figures too good.",
        icon=":material/warning:",
    )
    return item.found, False


def _offer(rule: Suggestion, key: str) -> None:
    if rule.threshold is None:
        st.caption(f"{rule.title}: {rule.problem}")
        return
    st.button(
        f"{rule.title}: {rule.threshold:.3f}",
        on_click=_set,
        args=(key, _rounded(rule.threshold)),
        key=memory.key(f"rule.{rule.rule}"),
        width="stretch",
    )


def _set(key: str, value: float) -> None:
    st.session_state[key] = value


def _keep(item: Shown, known: Judgement, rules: tuple[Suggestion, ...], *, honest: bool) -> None:
    """On the card of a published model of one's own."""
    st.divider()
    bundle = item.found.subject.card is not None
    shipped = bundle and item.found.subject.model_file.is_relative_to(judgeable.SHIPPED)
    if not bundle or shipped:
        st.caption(
            "The model that came with Mammolens is not changed; publish one of your own to keep a "
            "threshold."
            if shipped
            else "A run has no card yet. Publish it as a model to keep a threshold on it."
        )
        return
    at = item.found.threshold
    by = next((r for r in rules if r.threshold and abs(r.threshold - at) < STEP), None)
    if st.button(
        f"Keep {at:.3f} on the model's card",
        type="primary",
        icon=":material/save:",
        disabled=not item.moved,
        key=memory.key("point.keep"),
        help="Diagnose, evaluation and reports then use it.",
    ):
        reason = f"{by.title}." if by else "Set by hand."
        source = known if by and honest else item.found
        try:
            store(item.name, chosen_point(source, by.threshold or at if by else at, reason))
        except MammolensError as fault:
            st.error(str(fault), icon=":material/error:")
            return
        st.toast(f"The card of {item.name} now says {at:.3f}.", icon=":material/check:")
        st.rerun()
    rule = by.rule if by else "RULE"
    command.show(
        ("evaluate", item.name, "--dataset", item.found.dataset.info.name, "--choose", rule)
    )
