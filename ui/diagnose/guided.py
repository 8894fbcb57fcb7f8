"""A user test by link (`?guided=1`): a few sample cases, one task a screen, nothing else to press.

Guess first, then see what the model says, then say what one thinks of it. `?guided=case-a,case-c`
chooses the cases.
"""

import streamlit as st

from core.services import catalogue, samples
from core.services.catalogue import Bundle
from core.services.samples import Sample
from ui import analysis, resources, state
from ui.components import answer, evidence, image_viewer
from ui.diagnose import feedback, steadiness
from ui.state import OpenCase

PARAMETER = "guided"
USUAL = 4
_HIDE = """<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"],
[data-testid="stExpandSidebarButton"], [data-testid="stMainMenu"] { display: none; }
</style>"""


def wanted() -> bool:
    return PARAMETER in st.query_params


def show(bundles: list[Bundle]) -> None:
    st.html(_HIDE)
    if not bundles:
        st.info("There is no model to look at yet. Ask whoever sent you the link.")
        return
    cases, step = _cases(), state.guided_step()
    number, screen = divmod(step, 3)
    if step == 0 and not state.guided_begun():
        _welcome(len(cases))
    elif number >= len(cases):
        _farewell()
    else:
        st.progress((step + 1) / (3 * len(cases)), text=f"Case {number + 1} of {len(cases)}")
        model = catalogue.in_order(bundles, synthetic=True)[0]
        _screen(_opened(cases[number]), model, screen)


def _cases() -> list[Sample]:
    """Those the link names; else the first few."""
    known = {one.id: one for one in samples.samples()}
    named = st.query_params.get(PARAMETER, "").split(",")
    return [known[name] for name in named if name in known] or list(known.values())[:USUAL]


def _opened(sample: Sample) -> OpenCase:
    with st.spinner("Opening the case"):
        opened = resources.sample_case(sample.id)
    title = sample.title
    return OpenCase(f"sample:{sample.id}", title, opened.mammogram, opened.truth, opened.case)


def _welcome(count: int) -> None:
    st.markdown("## Welcome")
    st.markdown(
        f"You will see {count} mammograms, one after another. They are synthetic: a computer drew "
        "them, and they show nobody. For each you look first, then see what a computer model says "
        "and where it looked, then tell what you think of it. Nothing here can be broken, and "
        "there is no wrong answer."
    )
    st.caption("Kept are your ratings and comments, without your name.")
    st.button("Begin", type="primary", on_click=state.begin_guided, key="guided.begin")


def _screen(case: OpenCase, model: Bundle, screen: int) -> None:
    if screen == 0:
        _look(case)
    elif screen == 1:
        _result(case, model)
    else:
        _opinion(case, model)


def _look(case: OpenCase) -> None:
    left, right = st.columns([7, 4])
    with right:
        st.markdown("## Look at the image")
        st.markdown("Do you see anything that stands out? Take the time you want.")
        _next("Show what the model says")
    with left:
        _picture(case, with_answer=False, model=None)


def _result(case: OpenCase, model: Bundle) -> None:
    left, right = st.columns([7, 4])
    with right:
        prediction = state.result(case.key, model.name)
        if prediction is None:
            prediction = analysis.run(case, model.name, st.container())
        if prediction is None:
            return
        answer.show(prediction, case, truth=False)
        if prediction.probabilities:
            evidence.bars("guided.bars", prediction)
            steadiness.show(prediction, case.key)
        if prediction.heatmap and not prediction.heatmap.empty:
            st.caption("The coloured regions are where the model looked.")
        _next("Say what I think")
    with left:
        _picture(case, with_answer=True, model=model)


def _opinion(case: OpenCase, model: Bundle) -> None:
    prediction = state.result(case.key, model.name)
    if prediction is None:
        state.next_guided(-1)
        st.rerun()
    left, right = st.columns([7, 4])
    with right:
        st.markdown("## What do you think of it?")
        if feedback.form("guided", case, prediction, send="Send and go on"):
            state.next_guided(1)
            st.rerun()
        _next("Skip", quiet=True)
    with left:
        _picture(case, with_answer=True, model=model)


def _picture(case: OpenCase, *, with_answer: bool, model: Bundle | None) -> None:
    prediction = state.result(case.key, model.name) if with_answer and model else None
    evidence.picture("guided.viewer", case, prediction)
    with st.container(key="unseen-guided-look"):
        image_viewer.adjust("guided.viewer", image_viewer.Look())


def _next(label: str, *, quiet: bool = False) -> None:
    st.button(
        label,
        type="tertiary" if quiet else "primary",
        on_click=state.next_guided,
        args=(1,),
        key="guided.next",
    )


def _farewell() -> None:
    st.markdown("## Thank you")
    st.markdown("That was the last case. Your answers are kept. You can close this page.")
    st.button("Begin again, as somebody else", on_click=state.begin_guided, key="guided.again")
