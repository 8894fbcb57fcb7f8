"""What the answer rests on: the image with its heatmap, and the probability of every class."""

import streamlit as st

from core.domain.prediction import Prediction
from ui import charts, resources, words
from ui.components import image_viewer
from ui.state import OpenCase


def picture(key: str, case: OpenCase, prediction: Prediction | None) -> None:
    heat = prediction.heatmap if prediction else None
    heat_key = (
        ":".join((prediction.model, heat.target, heat.method, heat.layer))
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
    card = prediction.card
    chart = charts.probability_bars(prediction.probabilities, card.classes, card.operating_point)
    st.plotly_chart(chart, key=key, config=charts.STILL, alt=in_words(prediction))
    st.caption(_decision(prediction), help=words.explain("operating_point"))
    with st.popover("What the classes mean", icon=":material/help:"):
        for item in card.classes:
            st.markdown(f"**{item.title}.** {item.plain}")


def in_words(prediction: Prediction) -> str:
    titles = {item.name: item.title for item in prediction.card.classes}
    parts = [f"{titles[n]} {words.percent(p)}" for n, p in prediction.probabilities.items()]
    return "Probabilities: " + ", ".join(parts)


def _decision(prediction: Prediction) -> str:
    """Why the answer is not always the longest bar."""
    point = prediction.card.operating_point
    titles = {item.name: item.title.lower() for item in prediction.card.classes}
    alarm = words.joined([titles[name] for name in point.positive], "or")
    together = " together" if len(point.positive) > 1 else ""
    reason = point.reason.rstrip(".")
    return (
        f"The model answers {alarm} when its probability{together} reaches "
        f"{words.percent(point.threshold)}, the decision line. "
        f"{reason[:1].upper()}{reason[1:]} (chosen on the {point.chosen_on.removeprefix('the ')})."
    )
