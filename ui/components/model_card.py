"""What a model is for, what it learned from and how good it is, in a person's words."""

import streamlit as st

from core.domain.card import Interval, ModelCard
from ui import words

# The figure that stands for a model in one line, the first that its card has.
_HEADLINES = ("auc", "macro_auc", "balanced_accuracy", "accuracy")


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
    if name == "auc":
        times = round(100 * measured.value)
        st.markdown(
            f"Of a positive and a negative image, it finds the right one {times} times in 100."
        )
    st.metric(words.title(name), words.figure(measured.value), help=words.explain(name))
    st.caption(f"{_range(measured)}, measured on {card.measured_on}.")


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
    _figures(card)
    st.caption(f"Measured on {card.measured_on}. Ranges are 95% intervals.")
    st.markdown("**What it is not good at**")
    st.markdown("\n".join(f"- {sentence}" for sentence in card.weaknesses))
    st.markdown("**What it learned from**")
    st.markdown(
        f"{card.data.dataset}: {words.count(card.data.images, 'image')} of "
        f"{words.count(card.data.patients, 'patient')}. {card.data.split} {card.data.terms}".strip()
    )
    st.caption("Made with " + ", ".join(f"{k} {v}" for k, v in card.versions.items()) + ".")


def _figures(card: ModelCard) -> None:
    for name, measured in card.metrics.items():
        left, right = st.columns([3, 4], vertical_alignment="center", wrap=False)
        left.markdown(words.title(name), help=words.explain(name))
        right.markdown(
            f"**{words.figure(measured.value)}** ({words.interval(measured)})  \n"
            f":small[{words.count(measured.n, 'image')}]"
        )


def _range(measured: Interval) -> str:
    return f"{words.interval(measured)}, {measured.n:,} images"
