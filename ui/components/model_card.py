"""What a model is for, what it learned from and how good it is, in a person's words."""

import streamlit as st

from core.domain.card import Interval, ModelCard
from core.services.model_page import BREAST, property_title
from ui import words

# The figure that stands for a model in one line, the first that its card has.
_HEADLINES = ("auc", "macro_auc", "balanced_accuracy", "accuracy")
_FIRST = ("auc", BREAST, "sensitivity", "specificity", "precision", "accuracy", "balanced_accuracy")


def headline(card: ModelCard) -> None:
    """The model in one glance: name, sentence, one figure with its interval and its set."""
    st.markdown(f"### {card.title}", anchors=False)
    if card.data.synthetic:
        synthetic_badge()
    st.markdown(card.summary)
    name = next((key for key in _HEADLINES if key in card.metrics), None)
    if name is None:
        st.caption("Not measured yet.")
        return
    measured = card.metrics[name]
    st.metric(words.title(name), words.figure(measured.value), help=words.explain(name))
    if name == "auc":
        st.markdown(_ranking(card, measured))
    st.caption(
        f"95% interval {words.interval(measured)}, {words.count(measured.n, _unit(card))}. "
        f"Measured on {_the(card.measured_on)}."
    )


def beside(card: ModelCard) -> None:
    """How often the model is right, short enough to stand beside every answer."""
    if (auc := card.metrics.get("auc")) is not None:
        low, high = round(100 * auc.low), round(100 * auc.high)
        parts = [f"{_ranking(card, auc)} The true share lies between {low} and {high}."]
        parts += [_age_alone(known) for known in [card.baselines.get("age")] if known]
    else:
        name = next((key for key in _HEADLINES if key in card.metrics), None)
        if name is None:
            return
        found = card.metrics[name]
        parts = [f"{words.title(name)} {words.figure(found.value)} ({words.interval(found)})."]
    st.markdown(
        f"**How good this model is.** {' '.join(parts)}",
        help=f"Measured on {_the(card.measured_on)}.",
    )


def _age_alone(auc: Interval) -> str:
    return f"Whoever knows nothing but the age does so {round(100 * auc.value)} times."


def _ranking(card: ModelCard, auc: Interval) -> str:
    """AUC as something that can be pictured."""
    titles = {item.name: item.title.lower() for item in card.classes}
    positive = words.joined([titles[name] for name in card.operating_point.positive], "or")
    times = round(100 * auc.value)
    return (
        f"Of two {_unit(card)}s, one {positive} and one not, it picks the right one {times} times "
        "in 100."
    )


def _unit(card: ModelCard, figure: str = "") -> str:
    """What its figures count."""
    return "breast" if card.kind == "exam" or figure == BREAST else "image"


def synthetic_badge() -> None:
    st.badge(
        "Learned from synthetic images",
        icon=":material/science:",
        color="orange",
        help=words.explain("synthetic"),
    )


def show(card: ModelCard) -> None:
    """The whole card: use, figures, data, limits."""
    if card.data.synthetic:
        synthetic_badge()
    st.markdown(card.intended_use)
    st.markdown("**How good it is**", help=words.explain("interval"))
    for name in filter(card.metrics.__contains__, _FIRST):
        _figure(name, card.metrics[name], _unit(card, name))
    st.caption(f"Measured on {_the(card.measured_on)}. Ranges are 95% intervals.")
    with st.popover("All figures", icon=":material/table_rows:"):
        st.markdown(_table(card))
    _without_image(card)
    _where_weaker(card)
    st.markdown("**What it is not good at**")
    st.markdown("\n".join(f"- {sentence}" for sentence in card.weaknesses))
    st.markdown("**What it learned from**")
    st.markdown(
        f"{words.count(card.data.images, 'image')} of "
        f"{words.count(card.data.patients, 'patient')}, dataset “{card.data.dataset}”, "
        f"{_division(card)}. {card.data.terms}"
    )
    st.caption("Made with " + ", ".join(f"{k} {v}" for k, v in card.versions.items()) + ".")


def _division(card: ModelCard) -> str:
    if not card.members:
        return f"divided as “{card.data.split}”"
    kept = f", the test part of “{card.data.split}” kept aside" if card.data.split else ""
    return f"in {card.training['folds']} folds{kept}"


def _without_image(card: ModelCard) -> None:
    """What its AUC must be read against."""
    told = [
        f"{words.title(name)} alone {words.figure(found.value)} ({words.interval(found)})"
        for name, found in card.baselines.items()
    ]
    if told:
        st.caption(
            f"AUC without looking at the image, on the same patients: {'; '.join(told)}.",
            help="A model that is not clearly above these may have learned them instead of the "
            "disease.",
        )


def _where_weaker(card: ModelCard) -> None:
    if not card.by_group:
        return
    st.markdown("**Where it is weaker**")
    for by in dict.fromkeys(group.by for group in card.by_group):
        told = [
            f"{group.value} **{words.figure(group.interval.value)}** "
            f"({words.interval(group.interval)})"
            for group in card.by_group
            if group.by == by
        ]
        st.markdown(f"{property_title(by)}: {', '.join(told)}")
    st.caption("AUC with 95% intervals, for groups with enough patients.")


def _figure(name: str, measured: Interval, unit: str) -> None:
    left, right = st.columns([3, 4], vertical_alignment="center", wrap=False)
    left.markdown(words.title(name), help=words.explain(name))
    right.markdown(
        f"**{words.figure(measured.value)}** ({words.interval(measured)})  \n"
        f":small[{words.count(measured.n, unit)}]"
    )


def _table(card: ModelCard) -> str:
    rows = [
        f"| {_title(name, card)} | {words.figure(measured.value)} "
        f"| {words.interval(measured)} | {_count(name, measured)} |"
        for name, measured in card.metrics.items()
    ]
    return "\n".join(
        ["| figure | value | 95% interval | images |", "| --- | --- | --- | --- |", *rows]
    )


def _count(name: str, measured: Interval) -> str:
    return f"{measured.n:,} breasts" if name == BREAST else f"{measured.n:,}"


def _title(name: str, card: ModelCard) -> str:
    """A figure of one class names the class: `auc_benign` is "AUC, benign"."""
    # The longest name first: one class may end as another does.
    for item in sorted(card.classes, key=lambda item: len(item.name), reverse=True):
        if name.endswith(f"_{item.name}"):
            return f"{words.title(name.removesuffix(f'_{item.name}'))}, {item.title.lower()}"
    return words.title(name)


def _the(place: str) -> str:
    return place if place.startswith(("the ", "a ")) or place[:1].isdigit() else f"the {place}"
