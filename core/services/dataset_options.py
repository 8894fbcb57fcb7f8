"""The words of a command line or a form, turned into a request to prepare a dataset."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.datasets.base import FORMATS, detect
from core.datasets.recipes import DataPlan, data_plan
from core.domain.cases import View
from core.domain.dataset import PatchPlan, PrepareRequest, Source
from core.domain.preprocess import PreprocessSpec
from core.domain.tasks import task
from core.errors import ConfigError
from core.training.recipe import RECIPES

DEFAULT_SPEC = "reading-room"
SIZES = range(16, 4097)
PATCH_SIZES = range(8, 4097)
MOST_OF_A_PATCH = 100


def add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", metavar="FORMAT", help="a name that `formats` lists, or auto")
    parser.add_argument("path", metavar="PATH", help="the folder, or the table of a manifest")
    parser.add_argument(
        "--option",
        action=_OfSource,
        default=[],
        metavar="KEY=VALUE",
        help="a choice of the format's own; repeat for several",
    )


class _OfSource(argparse.Action):
    """Keeps the place of the set that an option was said after: 0, or one of those added."""

    def __call__(
        self, _: argparse.ArgumentParser, said: argparse.Namespace, values: Any, __: Any = None
    ) -> None:
        place = len(getattr(said, "add", []))
        setattr(said, self.dest, [*getattr(said, self.dest), (place, values)])


def chosen_options(pairs: Sequence[str]) -> dict[str, str]:
    chosen = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(f"An option is written KEY=VALUE. Received: {pair!r}.")
        chosen[key] = value
    return chosen


def source(name: str, path: str, options: Sequence[str] = ()) -> Source:
    root = Path(path).expanduser().resolve()
    found = detect(root) if name == "auto" else FORMATS.entry(name).name
    return Source(found, str(root), chosen_options(options))


def request(
    name: str,
    sources: Sequence[Source],
    *,
    recipe: str | None = None,
    spec: str | None = None,
    size: int | None = None,
    views: Sequence[str] = (),
    task_name: str | None = None,
    limit: int | None = None,
    patches: PatchPlan | None = None,
    seed: int = 0,
) -> PrepareRequest:
    """What is said outright comes before what the recipe says, and that before the format."""
    plan = _plan(recipe) if recipe else DataPlan(DEFAULT_SPEC, _natural_task(sources))
    if limit is not None and limit < 1:
        raise ConfigError(f"The limit {limit} cannot be used. Allowed: a whole number from 1.")
    chosen = _sized(_spec(spec or plan.spec), size)
    cut = patches or plan.patches
    from core.datasets.splits import check_seed  # tables take long to load

    check_seed(seed)
    if cut:
        _check_patches(cut, chosen)
        chosen = chosen.with_size(cut.size, cut.size)
    return PrepareRequest(
        name=name,
        sources=tuple(sources),
        spec=chosen,
        task=task(task_name or plan.task).name,
        views=tuple(_view(view) for view in views) or plan.views,
        limit=limit,
        patches=cut,
        seed=seed,
    )


def _check_patches(cut: PatchPlan, spec: PreprocessSpec) -> None:
    """Before anything is read, so that a slip of the hand leaves nothing begun behind."""
    if cut.size not in PATCH_SIZES:
        raise ConfigError(
            f"Patches of {cut.size} pixels cannot be cut. Allowed: {PATCH_SIZES[0]} to "
            f"{PATCH_SIZES[-1]}."
        )
    for name, value in (("margin", cut.margin), ("background", cut.background)):
        if not 0 <= value <= MOST_OF_A_PATCH:
            raise ConfigError(
                f"The {name} {value} cannot be used. Allowed: 0 to {MOST_OF_A_PATCH}."
            )
    if spec.scale is None:
        raise ConfigError(
            f"The preprocessing {spec.name!r} has no scale, so no patch can be cut with it. Use "
            "--recipe or --spec with one that cuts patches, such as e-localise."
        )


def _plan(recipe: str) -> DataPlan:
    """Several recipes share one way to prepare their data; each may be named for it."""
    return data_plan(RECIPES.load(recipe).data if recipe in RECIPES else recipe)


def _natural_task(sources: Sequence[Source]) -> str:
    tasks = {FORMATS.load(one.format).default_task for one in sources}
    return tasks.pop() if len(tasks) == 1 else "four-class"


def _spec(name: str) -> PreprocessSpec:
    from core.services import saved_specs

    return saved_specs.load(name)


def _sized(spec: PreprocessSpec, size: int | None) -> PreprocessSpec:
    if size is None:
        return spec
    if size not in SIZES:
        raise ConfigError(
            f"The size {size} cannot be used. Allowed: {SIZES.start} to {SIZES.stop - 1} pixels."
        )
    return spec.with_size(size, size)


def _view(name: str) -> str:
    known = {view.value.lower(): view.value for view in View}
    try:
        return known[name.lower()]
    except KeyError:
        raise ConfigError(
            f"There is no view {name!r}. Allowed: {', '.join(known.values())}."
        ) from None
