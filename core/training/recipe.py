"""A recipe: a system from the literature as settings, ready to run, and what it keeps of it."""

from dataclasses import dataclass, field
from typing import Any

from core.registry import Registry


@dataclass(frozen=True)
class Departure:
    """Where a recipe does otherwise than was published, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Recipe:
    """`data` names the way its images are prepared; `settings` are those of `TrainConfig`.

    Keys of `settings` may be dotted, such as `augmentation.rotation`. What a recipe does
    not say has the default.
    """

    name: str
    title: str
    system: str
    summary: str
    data: str
    settings: dict[str, Any]
    keeps: tuple[str, ...]
    departs: tuple[Departure, ...] = field(default=())


RECIPES: Registry[Recipe] = Registry("core.training.recipes", "RECIPE", "recipe")
