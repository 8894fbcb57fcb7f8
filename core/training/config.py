"""From a recipe, a model and settings typed by hand to one complete configuration."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from core.datasets.prepared import PreparedDataset
from core.domain.models import ModelConfig
from core.domain.settings import unknown
from core.domain.training import TrainConfig
from core.errors import ConfigError
from core.models import catalogue, checks, whole_network
from core.training.recipe import RECIPES

OF_EACH_VIEW = "custom_cnn_bn"  # reads each view where nothing else is asked for
# A word alone is enough where a setting has parts, the first of which is its name.
NAMED = ("model", "loss", "schedule")


def resolve(
    dataset: PreparedDataset,
    *,
    recipe: str = "",
    model: str = "",
    settings: Mapping[str, Any] | None = None,
) -> TrainConfig:
    """`settings` go over the recipe's, which go over the defaults; sizes are the dataset's."""
    tree = nested(RECIPES.load(recipe).settings) if recipe else {}
    own = nested(settings or {})
    chosen = dict(tree.pop("model", {})), dict(own.pop("model", {}))
    merged = _merge(tree, own)
    if model == catalogue.SEQUENCE:
        # Not a network of its own but a way to read several images with one.
        model = "" if chosen[0] or chosen[1].get("name") else OF_EACH_VIEW
        merged = {**merged, "sequence": merged.get("sequence") or {}}
    network = _model(dataset, model, *chosen)
    raw = {**merged, "dataset": dataset.info.name, "recipe": recipe, "model": network}
    config = TrainConfig.from_dict(raw)
    checks.check(config.model)
    return config


def parse(assignments: Sequence[str]) -> dict[str, Any]:
    """`["epochs=3", "schedule.name=cosine"]`; values are JSON, or else text."""
    found = {}
    for text in assignments:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise ConfigError(f"A setting is given as key=value. Received: {text!r}.")
        found[key.strip()] = _value(value.strip())
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        words = {"True": True, "False": False, "None": None}
        return words.get(text, text)


def nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted keys become objects within objects."""
    tree: dict[str, Any] = {}
    for key, value in settings.items():
        *parents, last = key.split(".")
        if not parents and last in NAMED and isinstance(value, str):
            parents, last = [key], "name"
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise ConfigError(f"Setting {key!r} contradicts another one given with it.")
        if isinstance(value, Mapping) and isinstance(place.get(last), dict):
            place[last].update(value)
        else:
            place[last] = dict(value) if isinstance(value, Mapping) else value
    return tree


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            value = _merge(old, value)
        merged[key] = value
    return merged


def _model(
    dataset: PreparedDataset, name: str, recipe: dict[str, Any], own: dict[str, Any]
) -> dict[str, Any]:
    """Another model than the recipe's brings its own head; a recipe's weights stay if it can."""
    _check_keys(own)
    wanted = name or own.get("name") or recipe.get("name") or "custom_cnn"
    listing = catalogue.listing(str(wanted))
    if wanted != recipe.get("name"):
        weights = recipe.get("weights")
        recipe = {"weights": weights} if weights in listing.pretrained else {}
    given = _merge(recipe, own)
    if wanted == catalogue.WHOLE:
        given = _with_patch(given)
    spec = dataset.info.spec
    return {
        **given,
        "name": wanted,
        "height": spec.height,
        "width": spec.width,
        "classes": list(dataset.info.classes),
        "head": _merge(asdict(listing.head), given.get("head", {})),
    }


def _with_patch(given: dict[str, Any]) -> dict[str, Any]:
    """Which patch classifier is inside follows from the run whose weights are taken."""
    weights, chosen = given.get("weights"), given.get("options", {})
    if not isinstance(weights, str | None) or not isinstance(chosen, Mapping):
        return given  # the settings' own rules say what is wrong
    known, options = whole_network.described(weights), dict(chosen)
    if known and whole_network.PATCH not in options:
        options[whole_network.PATCH] = known
    return {**given, "options": options}


def _check_keys(own: Mapping[str, Any]) -> None:
    known = [item.name for item in fields(ModelConfig)]
    for key in own:
        if key not in known:
            raise ConfigError(unknown(key, known, "model"))
        if key in ("height", "width", "classes"):
            raise ConfigError(
                f"model.{key} follows from the dataset and cannot be set. Prepare the dataset "
                "with another size or task instead."
            )
