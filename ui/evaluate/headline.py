"""The page's question answered: warnings first, then words, then the main figures."""

import html

import streamlit as st

from core.domain.evaluation import Caution, Weight
from core.domain.figures import figure_info
from core.services import evaluation_job
from core.services.evaluation_view import tell
from ui import words
from ui.evaluate import look, memory, offers, terms
from ui.evaluate.room import Room
from ui.evaluate.stock import Shown

# How the caution begins that a search can answer.
_UNSEARCHED = "Near-duplicates"
_MAIN = ("auc", "macro_auc", "sensitivity", "specificity", "precision", "accuracy")


def warnings(room: Room) -> None:
    """In red above every figure; the same of several models is said once."""
    told: dict[Caution, list[str]] = {}
    for item in room.items:
        for caution in item.evaluation.cautions:
            if caution.weight is Weight.SERIOUS:
                told.setdefault(caution, []).append(item.name)
    for caution, names in told.items():
        whose = f"{words.joined(names)}: " if room.several else ""
        examples = f"\n\n{', '.join(caution.examples)}" if caution.examples else ""
        st.error(f"**{whose}{caution.title}.** {caution.text}{examples}", icon=":material/report:")


def answer(room: Room) -> None:
    item = room.first
    told = tell(item.evaluation.judged, item.figures, item.evaluation.cautions)
    whose = f"{item.evaluation.judged.title}. " if room.several else ""
    lines = "".join(f"<p>{html.escape(text)}</p>" for text in told.sentences)
    st.html(
        f'<div class="verdict-answer {told.level}"><p class="headline-words">'
        f"{html.escape(whose + told.headline)}</p>{lines}</div>"
    )
    if item.evaluation.judged.synthetic:
        st.badge(
            "Synthetic images",
            icon=":material/science:",
            color="orange",
            help=words.explain("synthetic"),
        )


def figures(room: Room) -> None:
    item = room.first
    with st.container(key="evaluate-figures"):
        for key in _MAIN:
            if key in item.figures and not (key == "macro_auc" and "auc" in item.figures):
                _figure(item, key)


def _figure(item: Shown, key: str) -> None:
    measured = item.figures[key]
    with st.container():
        st.metric(
            words.title(key),
            words.figure(measured.value),
            help=terms.explain(key),
            height="content",
        )
        case = item.evaluation.judged.unit.removesuffix("s")
        sides = {"sensitivity": f"positive {case}", "specificity": f"negative {case}"}
        unit = "alarm" if key == "precision" else sides.get(key, case)
        lines = [f"95%: {words.interval(measured)}", words.count(measured.n, unit)]
        lines += _beside(item, key)
        st.html(f'<p class="under">{"<br>".join(html.escape(line) for line in lines)}</p>')


def _beside(item: Shown, key: str) -> list[str]:
    """What a figure must be read against."""
    seen = item.evaluation.context
    if key == "accuracy":
        title = item.titles.get(seen.majority, seen.majority).lower()
        return [f"always “{title}”: {words.figure(seen.majority_accuracy)}"]
    if key == "precision" and seen.prevalence is not None:
        return [f"with {seen.prevalence:.1%} positive"]
    if key in ("auc", "macro_auc"):
        best = next((one for one in seen.shortcuts if one.auc), None)
        if best and best.auc:
            return [f"{best.title.lower()} alone: {words.figure(best.auc.value)}"]
    return []


def notes(room: Room) -> None:
    """What to keep in mind, and what could not be measured: said, but not shouted."""
    item = room.first
    kept = [c for c in item.evaluation.cautions if c.weight is not Weight.SERIOUS]
    missing = {**item.evaluation.missing, **item.now.missing}
    gone = {key: text for key, text in missing.items() if key not in item.figures}
    said = len(kept) + len(item.evaluation.notes) + len(set(gone.values())) + 1
    with st.expander(f"What to keep in mind ({said})", icon=":material/info:"):
        for caution in kept:
            st.markdown(f"**{caution.title}.** {caution.text}")
            if caution.title.startswith(_UNSEARCHED):
                _search(room, item)
        st.markdown(_without_the_image(item))
        for note in item.evaluation.notes:
            st.markdown(note)
        by_reason: dict[str, list[str]] = {}
        for key, text in gone.items():
            by_reason.setdefault(text, []).append(figure_info(key, item.titles).title)
        for text, names in by_reason.items():
            st.markdown(f"**{words.joined(names)}:** {text}")


def _search(room: Room, item: Shown) -> None:
    if st.button(
        "Search for near-duplicates",
        icon=":material/search:",
        key=memory.key(f"search.{item.name}"),
        help="Minutes on large sets; it goes on in the background.",
    ):
        wish = room.wish
        offers.tell_faults(
            lambda: evaluation_job.start_search(item.name, wish.dataset, wish.split, wish.part)
        )


def _without_the_image(item: Shown) -> str:
    seen = item.evaluation.context
    tried = [
        f"{one.title.lower()} {words.figure(one.auc.value)} ({look.between(one.auc)})"
        for one in seen.shortcuts
        if one.auc
    ]
    same = [one.title.lower() for one in seen.shortcuts if not one.auc]
    text = "**What can be told without looking at the image.** "
    text += f"AUC on the same cases from {words.joined(tried)}. " if tried else ""
    text += (
        f"Nothing to go by, since unknown or the same for all: {words.joined(same)}."
        if same
        else ""
    )
    return text
