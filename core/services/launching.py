"""A run as it is put together: what was chosen, what differs from it, and how to say it again.

Settings are kept as differences from what recipe and model give, dotted as `train --set`
takes them, so that a page, a preset and a command line mean the same run.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any

from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.dataset import DatasetInfo
from core.domain.preprocess import PreprocessSpec
from core.domain.training import Sequence, TrainConfig
from core.training import config as settings_of
from core.training.recipe import RECIPES

# These follow from dataset, recipe and model.
GIVEN = ("dataset", "recipe", "model.name", "model.height", "model.width", "model.classes")
_PLAIN = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True)
class Draft:
    """`model` is empty where it is the recipe's own; `settings` holds differences only."""

    dataset: str
    recipe: str = ""
    model: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def configure(draft: Draft) -> TrainConfig:
    """Complete, or refused with what is allowed."""
    return _resolve(open_prepared(draft.dataset), draft)


def usual(draft: Draft) -> TrainConfig:
    """The same without anything changed by hand."""
    return configure(replace(draft, settings={}))


def _resolve(dataset: PreparedDataset, draft: Draft) -> TrainConfig:
    return settings_of.resolve(
        dataset, recipe=draft.recipe, model=draft.model, settings=draft.settings
    )


def draft_of(config: TrainConfig) -> Draft:
    """What would have to be chosen to get this; its dataset need not be there any more."""
    with_recipe = _draft(config, config.recipe if config.recipe in RECIPES else "")
    if _resolve(_stand_in(config), with_recipe) == replace(config, recipe=with_recipe.recipe):
        return with_recipe
    # Merging cannot take an option away that the recipe has; without recipe there is none.
    return _draft(config, "")


def _draft(config: TrainConfig, recipe: str) -> Draft:
    own = RECIPES.load(recipe).settings.get("model.name") if recipe else None
    bare = Draft(config.dataset, recipe, "" if config.model.name == own else config.model.name)
    before = _resolve(_stand_in(config), bare)
    return replace(bare, settings=differences(before, config))


def _stand_in(config: TrainConfig) -> PreparedDataset:
    """Of a dataset, a configuration depends on name, size and classes alone."""
    model = config.model
    info = DatasetInfo(
        name=config.dataset,
        format="",
        root="",
        spec=PreprocessSpec("", (), model.height, model.width),
        task="",
        classes=model.classes,
        images=0,
        patients=0,
        quarantined=0,
        synthetic=False,
        created="",
        seconds=0.0,
        versions={},
        checksums={},
    )
    return PreparedDataset(Path(), info)


def differences(before: TrainConfig, after: TrainConfig) -> dict[str, Any]:
    """Dotted settings of `after` that `before` has otherwise."""
    old, new = leaves(before), leaves(after)
    if (before.sequence is None) != (after.sequence is None):
        kept = {key: value for key, value in new.items() if not key.startswith("sequence")}
        new = {**kept, "sequence": asdict(after.sequence) if after.sequence else None}
    return {key: value for key, value in new.items() if old.get(key, _ABSENT) != value}


_ABSENT = object()


def leaves(config: TrainConfig) -> dict[str, Any]:
    """Every setting that can be chosen, by its dotted name, as JSON has it."""
    return {key: _plain(value) for key, value in _walk(config) if key not in GIVEN}


def _walk(instance: Any, before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in vars(instance).items():
        inside = is_dataclass(value) and not isinstance(value, type)
        found += _walk(value, f"{before}{name}.") if inside else [(before + name, value)]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: inner for name, inner in asdict(value).items() if inner is not None}
    return value


def values(before: TrainConfig, draft: Draft) -> dict[str, Any]:
    """What stands in each field, whether it is allowed or not."""
    found = {**leaves(before), **draft.settings}
    sequence = draft.settings.get("sequence", {} if before.sequence else None)
    if sequence is None:
        return {**found, "sequence": None}
    whole = {**asdict(before.sequence or Sequence()), **sequence}
    spread = {f"sequence.{name}": value for name, value in whole.items()}
    return {**found, **spread, **draft.settings, "sequence": whole}


def command(draft: Draft) -> list[str]:
    """The words that follow `python -m core` to start exactly this run."""
    words = ["train", "--dataset", draft.dataset]
    words += ["--recipe", draft.recipe] if draft.recipe else []
    words += ["--model", draft.model] if draft.model else []
    for key, value in draft.settings.items():
        plain_split = key == "split" and _PLAIN.fullmatch(str(value))
        words += ["--split", str(value)] if plain_split else ["--set", f"{key}={said(value)}"]
    return words


def read(text: str) -> Any:
    """As `--set` reads what stands after the equals sign."""
    return settings_of.parse([f"x={text}"])["x"]


def said(value: Any) -> str:
    """As `--set` reads it: a word stands alone unless it would be taken for something else."""
    if isinstance(value, str) and read(value) == value:
        return value
    return json.dumps(value)
