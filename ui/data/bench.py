"""One image through every step of a preprocessing, each step before and after."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.images import Mammogram
from core.domain.preprocess import PreprocessSpec
from core.errors import MammolensError
from core.services import bench
from core.services.bench import Frame, Stage, Walk
from core.services.originals import Originals
from core.services.prepared_sets import PreparedDataset, stamp
from ui import frame
from ui.data import bench_keep, bench_steps, image_choice, look, terms
from ui.data.bench_draft import Draft

LARGE, SMALL = 720, 420


def show(dataset: PreparedDataset, facts: object) -> None:
    st.caption(terms.explain("preprocessing"))
    st.fragment(_try_out)(dataset)


def _try_out(dataset: PreparedDataset) -> None:
    """A fragment: moving a slider runs nothing else of the page."""
    with frame.calm():
        left, right = st.columns([1.3, 1.5], vertical_alignment="bottom")
        with left:
            row = image_choice.show("bench", dataset)
        with right:
            draft = bench_keep.choose(dataset)
        mammogram = _opened(dataset, row, draft.base)
        if mammogram is not None:
            _walked(dataset, row, mammogram, draft)


def _walked(dataset: PreparedDataset, row: int, mammogram: Mammogram, draft: Draft) -> None:
    """Widgets first, as the pictures beside them depend on what they say."""
    ends = st.container()
    rooms = bench_steps.show(draft)
    walk = bench.walk(mammogram, draft.spec())
    for room, stage in zip(rooms, walk.stages, strict=True):
        _before_after(room, stage)
    with ends:
        _first_and_last(walk)
    bench_steps.addition(draft)
    bench_keep.show(dataset, row, draft)


def _opened(dataset: PreparedDataset, row: int, spec: PreprocessSpec) -> Mammogram | None:
    name = dataset.info.name
    try:
        return _decoded(name, stamp(name), row, spec.working_height, spec.voi, spec, dataset)
    except (MammolensError, OSError) as fault:
        st.warning(str(fault), icon=":material/image_not_supported:")
        return None


@st.cache_resource(max_entries=8, show_spinner="Opening the file")
def _decoded(
    name: str,
    at: float,
    row: int,
    working_height: int | None,
    voi: bool,
    _spec: PreprocessSpec,
    _dataset: PreparedDataset,
) -> Mammogram:
    return Originals(_dataset).open(row, _spec)


def _first_and_last(walk: Walk) -> None:
    first = look.figure(
        bench.picture(walk.first, LARGE), f"As it comes from the file, {_size(walk.first)}", "File"
    )
    last = look.figure(
        bench.picture(walk.last, LARGE), f"What a model sees, {_size(walk.last)}", "Model input"
    )
    st.html(f'<div class="pair">{first}{last}</div>')


def _before_after(room: DeltaGenerator, stage: Stage) -> None:
    title = stage.step.title if stage.step else stage.spec.step
    before = look.figure(
        bench.picture(stage.before, SMALL), f"Before, {_size(stage.before)}", f"Before {title}"
    )
    after = look.figure(
        bench.picture(stage.after, SMALL),
        f"After, {_size(stage.after)}, {_time(stage.seconds)}",
        f"After {title}",
    )
    with room:
        st.html(f'<div class="shots two">{before}{after}</div>')
        if stage.fault:
            st.error(stage.fault, icon=":material/error:")


def _time(seconds: float) -> str:
    return "under 1 ms" if seconds < 0.001 else f"{1000 * seconds:.0f} ms"


def _size(shown: Frame) -> str:
    height, width = shown.size
    return f"{width} × {height}"
