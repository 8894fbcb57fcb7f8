"""The third step of adding: name, task, preprocessing, size, views, patches."""

from pathlib import Path

import streamlit as st

from core.services import dataset_choices, phantom_sets, saved_specs
from core.services.dataset_choices import FormatChoice
from ui.data import memory, terms

OWN = "My own choice"
VIEWS = ("CC", "MLO")


def show(path: str, chosen: FormatChoice) -> tuple[str, list[str]]:
    """The name, and the other words as `prepare` takes them."""
    at = f"add.how.{path}.{chosen.name}"
    left, right = st.columns(2)
    name = left.text_input(
        "Name of the dataset",
        phantom_sets.free_name(_proposed(path)),
        max_chars=64,
        key=memory.key(f"{at}.name"),
        help="Letters, digits, dots, hyphens and underscores.",
    ).strip()
    plans = dataset_choices.recipes()
    recipe = right.selectbox(
        "As a recipe wants it",
        [OWN, *plans],
        key=memory.key(f"{at}.recipe"),
        help="A recipe is one of the systems from the literature, ready to run. Each wants its "
        "images in its own way.",
    )
    if recipe != OWN:
        plan = plans[recipe]
        parts = [f"task {plan.task}", f"preprocessing {plan.spec}"]
        parts += [f"only {' and '.join(plan.views)} views"] if plan.views else []
        parts += [f"patches of {plan.patches.size} pixels"] if plan.patches else []
        st.caption(f"That means: {', '.join(parts)}.")
        return name, ["--recipe", recipe, *_limits(at)]
    return name, [*_own(at, chosen), *_limits(at)]


def _proposed(path: str) -> str:
    stem = Path(path).stem[:40]
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in stem).strip("-") or "dataset"


def _own(at: str, chosen: FormatChoice) -> list[str]:
    tasks = dataset_choices.tasks()
    names = list(tasks)
    left, middle, right = st.columns([1.3, 1.2, 1])
    task = left.selectbox(
        "Question the model will answer",
        names,
        names.index(chosen.default_task),
        format_func=tasks.__getitem__,
        key=memory.key(f"{at}.task"),
    )
    specs = dataset_choices.preprocessings()
    wish = memory.wanted_spec() or dataset_choices.usual_preprocessing()
    spec = middle.selectbox(
        "Preprocessing",
        specs,
        specs.index(wish) if wish in specs else 0,
        key=memory.key(f"{at}.spec.{wish}"),
        help=terms.explain("preprocessing"),
    )
    usual = saved_specs.load(spec)
    views = right.multiselect("Views", VIEWS, placeholder="All", key=memory.key(f"{at}.views"))
    words = ["--task", task, "--spec", spec]
    for view in views:
        words += ["--view", view]
    return [*words, *_size(at, spec, usual.height, usual.width)]


def _size(at: str, spec: str, height: int, width: int) -> list[str]:
    with st.expander(f"Size: {width} × {height} pixels, whole images", icon=":material/crop:"):
        left, right = st.columns(2)
        patches = left.toggle(
            "Patches instead of whole images",
            key=memory.key(f"{at}.patches"),
            help="Squares around findings and squares of other tissue, at the image's own scale.",
        )
        pixels = right.number_input(
            "Pixels a side",
            16,
            4096,
            max(height, width),
            key=memory.key(f"{at}.size.{spec}.{patches}"),
        )
    if patches:
        return ["--patches", str(int(pixels))]
    return ["--size", str(int(pixels))] if (pixels, pixels) != (height, width) else []


def _limits(at: str) -> list[str]:
    with st.expander("Only a part of it, to try", icon=":material/content_cut:"):
        limit = st.number_input(
            "At most so many images (0: all)",
            0,
            key=memory.key(f"{at}.limit"),
            help="Whole patients drawn at random until the number is reached.",
        )
    return ["--limit", str(int(limit))] if limit else []
