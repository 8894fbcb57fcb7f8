"""What the heatmap speaks for, and by which method it is drawn.

The usual method comes with the answer. Others are drawn behind the page, on request.
"""

from dataclasses import replace

import streamlit as st

from core.domain.explanation import Cost
from core.domain.prediction import Heatmap, Prediction
from core.services import diagnose, heatmaps
from core.services.tasks import Task
from ui import state, words
from ui.state import OpenCase

HYBRID = "hybrid"
_TAKES = {
    Cost.LIVE: "comes with the answer",
    Cost.QUICK: "takes a moment",
    Cost.SLOW: "takes some seconds",
    Cost.VERY_SLOW: "can take a minute",
}


def show(key: str, case: OpenCase, prediction: Prediction) -> str | None:
    if prediction.heatmap is None:
        return None
    titles = {item.name: item.title for item in prediction.card.classes}
    # After a new analysis the choices follow the answer.
    st.session_state[f"{key}.target"] = prediction.heatmap.target
    st.session_state[f"{key}.method"] = prediction.heatmap.method
    st.markdown("**Where the model looked**", help=words.explain("heatmap"))
    chosen: str = st.selectbox(
        "Show what spoke for",
        list(titles),
        format_func=lambda value: titles[value],
        key=f"{key}.target",
        on_change=_redraw,
        args=(key, case, prediction),
    )
    _method(key, case, prediction)
    _under_way(key, case, prediction)
    return chosen


def _method(key: str, case: OpenCase, prediction: Prediction) -> None:
    offered = heatmaps.offered(prediction.card)
    if len(offered) < 2:
        return
    st.selectbox(
        "Drawn by",
        list(offered),
        format_func=lambda name: f"{offered[name].title} ({_TAKES[offered[name].cost]})",
        key=f"{key}.method",
        on_change=_redraw,
        args=(key, case, prediction),
        help="Different methods answer the same question in different ways. Where they agree, "
        "the heatmap says more.",
    )
    assert prediction.heatmap is not None
    st.caption(offered[prediction.heatmap.method].plain)
    if _hybrid(prediction) and offered[prediction.heatmap.method].by_layer:
        _place(key, case, prediction)


def _hybrid(prediction: Prediction) -> bool:
    return bool(prediction.card.model.get("name") == HYBRID)


def _place(key: str, case: OpenCase, prediction: Prediction) -> None:
    """A hybrid's branches can be looked at one by one."""
    found = heatmaps.places(prediction.model)
    assert prediction.heatmap is not None
    st.session_state[f"{key}.layer"] = prediction.heatmap.layer
    st.selectbox(
        "Of the network's parts",
        list(found),
        format_func=lambda layer: found[layer],
        key=f"{key}.layer",
        on_change=_redraw,
        args=(key, case, prediction),
    )


def _redraw(key: str, case: OpenCase, prediction: Prediction) -> None:
    target = st.session_state[f"{key}.target"]
    method = st.session_state.get(f"{key}.method") or heatmaps.live(prediction.card)
    # Left over from another model, it would name a layer that this one has not.
    layer = st.session_state.get(f"{key}.layer") if _hybrid(prediction) else None
    usual = layer in (None, "image", prediction.card.explanation_layer)
    state.keep_drawing(None)
    if method == heatmaps.live(prediction.card) and usual:
        state.keep_result(
            case.key, diagnose.analyse(case.mammogram, prediction.model, target=target)
        )
        return

    def work(task: Task[Heatmap]) -> Heatmap:
        return heatmaps.draw(
            case.mammogram,
            prediction.model,
            target=target,
            method=method,
            layer=None if usual else layer,
            progress=task.say,
        )

    title = heatmaps.offered(prediction.card)[method].title
    state.keep_drawing(state.Drawing(case.key, prediction.model, Task(title, work).start()))


def _under_way(key: str, case: OpenCase, prediction: Prediction) -> None:
    drawing = state.drawing()
    if drawing is None or (drawing.case_key, drawing.model) != (case.key, prediction.model):
        return
    # Most are done before a person has looked up.
    if drawing.task.wait(0.4):
        _finish(case, prediction, drawing)
    else:
        _progress(key, case, prediction, drawing)


@st.fragment(run_every=0.5)
def _progress(key: str, case: OpenCase, prediction: Prediction, drawing: state.Drawing) -> None:
    task = drawing.task
    if not task.going:
        _finish(case, prediction, drawing)
    st.progress(task.share, text=f"Drawing by {task.title}; the last heatmap stays until then")
    if st.button("Stop", icon=":material/stop:", key=f"{key}.stop"):
        task.stop()
        state.keep_drawing(None)
        st.rerun()


def _finish(case: OpenCase, prediction: Prediction, drawing: state.Drawing) -> None:
    task = drawing.task
    state.keep_drawing(None)
    if task.value is not None:
        state.keep_result(case.key, replace(prediction, heatmap=task.value))
        st.rerun()
    if task.fault and not task.stopped:
        st.error(str(task.fault), icon=":material/error:")
