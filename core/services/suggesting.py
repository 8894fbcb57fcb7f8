"""What to train first on a dataset: a recipe made for such images that can start at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.datasets.prepared import PreparedDataset, open_prepared
from core.datasets.recipes import DATA_PLANS
from core.errors import MammolensError
from core.services import launching, preflight
from core.services.launching import Draft
from core.training.recipe import RECIPES

USUAL = "d-four-class"


def draft(dataset: str) -> Draft:
    """Small numbers of images get the batch that they allow."""
    opened = open_prepared(dataset)
    for recipe in (*_fitting(opened), USUAL):
        found = _passable(Draft(dataset, recipe))
        if found is not None:
            return found
    return Draft(dataset, USUAL)


def fits(recipe: str, dataset: PreparedDataset) -> bool:
    """Were these images prepared as the recipe wants them?"""
    plan = DATA_PLANS.get(RECIPES.load(recipe).data)
    return plan is not None and (plan.task, plan.spec) == (
        dataset.info.task,
        dataset.info.spec.name,
    )


def _fitting(dataset: PreparedDataset) -> Iterator[str]:
    """A system's main recipe has the name of its data."""
    names = sorted(RECIPES.names(), key=lambda name: RECIPES.load(name).data != name)
    return (name for name in names if fits(name, dataset))


def _passable(wish: Draft) -> Draft | None:
    try:
        for obstacle in preflight.obstacles(launching.configure(wish)):
            if set(obstacle.settings) != {"batch_size"}:
                return None
            wish = replace(wish, settings={**wish.settings, **obstacle.settings})
    except MammolensError:
        return None
    return wish


@dataclass(frozen=True)
class Choice:
    """A line of a menu of recipes."""

    name: str
    title: str
    summary: str
    fits: bool


def summary(recipe: str) -> str:
    return RECIPES.load(recipe).summary


def recipes(dataset: PreparedDataset) -> list[Choice]:
    """Those made for such images first."""
    loaded = [RECIPES.load(name) for name in RECIPES.names()]
    found = [Choice(one.name, one.title, one.summary, fits(one.name, dataset)) for one in loaded]
    return sorted(found, key=lambda one: not one.fits)
