"""What the answer rests on: the image with its heatmap, and the probability of every class."""

import streamlit as st

from core.domain.card import ModelCard
from core.domain.prediction import Prediction
from ui import charts, resources, words
from ui.components import image_viewer
from ui.state import OpenCase


def picture(key: str, case: OpenCase, prediction: Prediction | None) -> None:
    heat = prediction.heatmap if prediction else None
    heat_key = (
        # Of an exam the map depends on the other views too, which the logits stand for.
        ":".join((prediction.model, heat.target, heat.method, heat.layer, str(prediction.logits)))
        if prediction and heat
        else ""
    )
    image_viewer.show(
        key,
        resources.picture(
            case.key,
            f"Mammogram: {case.title}",
            heat_key,
            _mammogram=case.mammogram,
            _heatmap=heat,
            _masks=case.truth,
        ),
    )


def bars(key: str, prediction: Prediction) -> None:
    st.markdown("**How sure the model is**", help=words.explain("probability"))
    chart(key, prediction.probabilities, prediction.card)
    explained(prediction.card)


def chart(key: str, probabilities: dict[str, float], card: ModelCard) -> None:
    drawn = charts.probability_bars(probabilities, card.classes, card.operating_point)
    st.plotly_chart(drawn, key=key, config=charts.STILL, alt=_in_words(probabilities, card))


def explained(card: ModelCard) -> None:
    """The decision line and the classes, in words."""
    st.caption(_decision(card), help=words.explain("operating_point"))
    with st.popover("What the classes mean", icon=":material/help:"):
        for item in card.classes:
            st.markdown(f"**{item.title}.** {item.plain}")


def in_words(prediction: Prediction) -> str:
    return _in_words(prediction.probabilities, prediction.card)


def _in_words(probabilities: dict[str, float], card: ModelCard) -> str:
    titles = {item.name: item.title for item in card.classes}
    parts = [f"{titles[n]} {words.percent(p)}" for n, p in probabilities.items()]
    return "Probabilities: " + ", ".join(parts)


def _decision(card: ModelCard) -> str:
    """Why the answer is not always the longest bar."""
    point = card.operating_point
    titles = {item.name: item.title.lower() for item in card.classes}
    alarm = words.joined([titles[name] for name in point.positive], "or")
    together = " together" if len(point.positive) > 1 else ""
    reason = point.reason.rstrip(".")
    return (
        f"The model answers {alarm} when its probability{together} reaches "
        f"{words.percent(point.threshold)}, the decision line. "
        f"{reason[:1].upper()}{reason[1:]} (chosen on the {point.chosen_on.removeprefix('the ')})."
    )
