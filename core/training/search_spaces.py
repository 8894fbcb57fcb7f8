"""What is worth varying: a search space to begin with for every recipe, and varied settings.

The space follows from what the configuration does: its stages, its augmentation, its head.
"""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from core.datasets.prepared import PreparedDataset
from core.domain.training import TrainConfig
from core.domain.tuning import Parameter
from core.errors import ConfigError, InputError
from core.models import checks
from core.training import config as settings_of

# These follow from the dataset, or say nothing about how good a network gets.
FIXED = (
    "dataset",
    "recipe",
    "title",
    "split",
    "backend",
    "gpus",
    "model.height",
    "model.width",
    "model.classes",
)
NAME = "model.name"
_DECADE = 10.0


def default_space(config: TrainConfig) -> tuple[Parameter, ...]:
    """Few and telling: with twenty trials more than half a dozen settings cannot be told apart."""
    found = [*_rates(config), Parameter("model.head.dropout", (), 0.0, 0.6, step=0.1)]
    if config.sequence:
        found += [
            Parameter("sequence.units", (32, 64, 128)),
            Parameter("sequence.dropout", (), 0.0, 0.6, step=0.1),
        ]
    if config.augmentation.active and not config.sequence:
        found += _augmentation(config)
    if config.optimizer != "adagrad":
        found.append(Parameter("weight_decay", (), 1e-6, 1e-2, log=True))
    found.append(Parameter("batch_size", _around(config.batch_size)))
    return tuple(found)


def _rates(config: TrainConfig) -> list[Parameter]:
    own = {
        f"stages.{place}.learning_rate": stage.learning_rate
        for place, stage in enumerate(config.stages)
        if stage.learning_rate
    }
    if len(own) < max(1, len(config.stages)):
        own = {"learning_rate": config.learning_rate, **own}
    return [
        Parameter(key, (), rate / _DECADE, rate * _DECADE, log=True) for key, rate in own.items()
    ]


def _augmentation(config: TrainConfig) -> list[Parameter]:
    chosen, ranges = config.augmentation, {"rotation": 30.0, "zoom": 0.3, "contrast": 0.4}
    return [
        Parameter(f"augmentation.{name}", (), 0.0, max(high, 2 * getattr(chosen, name)))
        for name, high in ranges.items()
        if getattr(chosen, name)
    ]


def _around(size: int) -> tuple[int, ...]:
    return tuple(sorted({max(1, size // 2), size, size * 2}))


def parse(config: TrainConfig, assignments: Iterable[str]) -> tuple[Parameter, ...]:
    """`["learning_rate=1e-5..1e-2:log", "batch_size=8,16"]`."""
    from core.domain import tuning

    found = []
    for text in assignments:
        key, equals, values = text.partition("=")
        if not equals:
            raise ConfigError(
                "What varies is given as key=range, such as learning_rate=1e-5..1e-2:log. "
                f"Received: {text!r}."
            )
        found.append(tuning.parse(key.strip(), values, whole=is_whole(config, key.strip())))
    return tuple(found)


def is_whole(config: TrainConfig, key: str) -> bool:
    value = value_of(config, key)
    return isinstance(value, int) and not isinstance(value, bool)


def value_of(config: TrainConfig, key: str) -> Any:
    """The present value of a setting by its dotted name, as JSON has it."""
    if key in FIXED:
        raise ConfigError(f"{key} cannot be varied: a study is about one dataset and one question.")
    place: Any = config.to_dict()
    for part in key.split("."):
        place = _inside(place, part, key)
    return place


def _inside(place: Any, part: str, key: str) -> Any:
    if isinstance(place, Mapping) and part in place:
        return place[part]
    if isinstance(place, list) and part.isdigit() and int(part) < len(place):
        return place[int(part)]
    known: list[str] = []
    if isinstance(place, Mapping | list):
        known = list(place) if isinstance(place, Mapping) else [str(n) for n in range(len(place))]
    near = difflib.get_close_matches(part, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else f" Known: {', '.join(known) or 'none'}."
    raise ConfigError(f"There is no setting {key!r} to vary: {part!r} is not known.{hint}")


def check_space(dataset: PreparedDataset, config: TrainConfig, space: Iterable[Parameter]) -> None:
    """Each end of each range is tried on, so that no trial fails hours later."""
    for parameter in space:
        value_of(config, parameter.key)
        for value in parameter.ends():
            try:
                varied(dataset, config, {parameter.key: value})
            except InputError as fault:
                raise ConfigError(
                    f"{parameter.key} cannot be {json.dumps(value)}: {fault}"
                ) from None


def varied(dataset: PreparedDataset, config: TrainConfig, values: Mapping[str, Any]) -> TrainConfig:
    """The configuration with these settings; another model brings its own head."""
    raw = config.to_dict()
    name = values.get(NAME, config.model.name)
    if name != config.model.name:
        own = {key: value for key, value in raw.items() if key not in ("model", "dataset")}
        other = settings_of.resolve(dataset, model=name, settings={**own, "recipe": ""})
        raw = replace(other, recipe=config.recipe).to_dict()
    for key, value in values.items():
        if key != NAME:
            _put(raw, key, value)
    made = TrainConfig.from_dict(raw)
    checks.check(made.model)
    return made


def _put(raw: dict[str, Any], key: str, value: Any) -> None:
    *parents, last = key.split(".")
    place: Any = raw
    for part in parents:
        place = _inside(place, part, key)
    _inside(place, last, key)
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
