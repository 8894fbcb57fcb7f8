"""The first page: what this is, what is ready, and the ways on.

It is on the screen before anything heavy is imported; the model loads behind it.
"""

import html

import streamlit as st

from core import paths
from core.services import catalogue
from core.services.catalogue import Bundle
from ui import frame, sitemap, warming, words
from ui.components import model_card


def show() -> None:
    frame.begin("Home")
    with frame.guard():
        _introduction()
        _ways_on()
        bundles = catalogue.bundles()
        _ready(bundles)
        _reading()
        warming.behind_the_page()


def _introduction() -> None:
    st.title("Mammolens", anchor=False)
    st.html(
        '<p class="lead">See what a trained network sees in a mammogram, why, and how far it '
        "can be trusted.</p>"
    )
    st.markdown(
        "Mammolens trains, judges and shows programs that sort X-ray images of the breast into "
        "classes such as *normal*, *benign* and *malignant*. Images stay on the computer that "
        "runs it; nothing is sent anywhere."
    )


def _ways_on() -> None:
    st.header("Where to start", anchor=False)
    pages = sitemap.pages()
    with st.container(key="ways"):
        columns = st.columns(len(pages))
    for column, page in zip(columns, pages, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"### {page.icon} {page.question}", anchors=False)
            st.markdown(page.summary)
            st.page_link(page.path, label=f"Open {page.title}", icon=":material/arrow_forward:")


def _ready(bundles: list[Bundle]) -> None:
    st.header("What is ready", anchor=False)
    if not bundles:
        st.info(
            "No trained model is here yet. A model belongs into the folder trained_models, or is "
            "published from a training run.",
            icon=":material/model_training:",
        )
    for column, bundle in zip(st.columns(max(2, len(bundles))), bundles, strict=False):
        with column.container(border=True, height="stretch"):
            model_card.headline(bundle.card)
    st.html(f'<p class="quiet">{html.escape(_made())}</p>')


def _made() -> str:
    """What this workspace holds, counted without opening any of it."""
    datasets = len(list(paths.datasets().glob("*/dataset.json")))
    runs = len(list(paths.runs().glob("*/config.json")))
    own = len(list(paths.models().glob("*/card.json")))
    parts = [
        words.count(datasets, "prepared dataset"),
        words.count(runs, "training run"),
        words.count(own, "model of your own", "models of your own"),
    ]
    return f"Made here so far: {words.joined(parts)}."


def _reading() -> None:
    with st.expander("What Mammolens is, and what it is not", icon=":material/info:"):
        st.markdown(
            "- It is a tool for research and teaching. It is not a medical device, and no answer "
            "it gives may guide the care of a person.\n"
            "- The sample cases, and the images that the model for them learned from, are "
            "**synthetic**: a program drew them. What it scores on them says nothing about "
            "patients.\n"
            "- The model for images of your own has seen real mammograms. It is hardly better than "
            "chance, and its figures say so beside every answer.\n"
            "- A heatmap shows where a model looked, not where a finding ends.\n"
            "- Every figure stands beside the set of images it was measured on and a range of "
            "uncertainty. A figure without them means little."
        )
