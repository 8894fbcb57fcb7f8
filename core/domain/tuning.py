"""A search for better settings as data: what may vary, and what is asked of the search."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from core.domain.settings import decode
from core.domain.training import TrainConfig, check_metric
from core.errors import ConfigError

Pruner = Literal["median", "hyperband", "none"]
PRUNERS: tuple[Pruner, ...] = ("median", "hyperband", "none")
_RANGE = re.compile(r"(?P<low>[^.:,]\S*?)\.\.(?P<high>[^:,]+)(:(?P<how>\S+))?")


@dataclass(frozen=True)
class Parameter:
    """A setting that varies: one of `choices`, or a number from `low` to `high`.

    `log` tries 0.001 and 0.0001 as readily as 0.1 and 0.01; `whole` allows whole numbers only.
    """

    key: str
    choices: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False
    step: float | None = None
    whole: bool = False

    def __post_init__(self) -> None:
        if self.choices:
            if len({json.dumps(value) for value in self.choices}) != len(self.choices):
                raise ConfigError(f"{self.key}: a choice is named twice in {list(self.choices)}.")
            return
        low, high = self.low, self.high
        if low is None or high is None:
            raise ConfigError(f"{self.key}: give choices, or a lowest and a highest value.")
        if not -1e300 < low < high < 1e300:
            raise ConfigError(f"{self.key}: {low} must be less than {high}.")
        if self.log and low <= 0:
            raise ConfigError(
                f"{self.key}: on a logarithmic scale the lowest value is above 0. Received: {low}."
            )
        if self.log and self.step:
            raise ConfigError(f"{self.key}: a logarithmic scale has no steps. Leave one out.")
        if self.step is not None and not 0 < self.step <= high - low:
            raise ConfigError(
                f"{self.key}: a step lies above 0 and within the range of {high - low:g}. "
                f"Received: {self.step:g}."
            )
        if self.whole and (low % 1 or high % 1 or (self.step or 1) % 1):
            raise ConfigError(f"{self.key} takes whole numbers only. Received: {self.said()}.")

    def said(self) -> str:
        """As `parse` reads it."""
        if self.choices:
            return ",".join(v if isinstance(v, str) else json.dumps(v) for v in self.choices)
        how = ":log" if self.log else f":{self.step:g}" if self.step else ""
        return f"{self.low:g}..{self.high:g}{how}"

    def ends(self) -> tuple[Any, ...]:
        """Values that must be allowed for all others to be."""
        if self.choices:
            return self.choices
        assert self.low is not None
        assert self.high is not None
        return (int(self.low), int(self.high)) if self.whole else (self.low, self.high)


def parse(key: str, text: str, *, whole: bool = False) -> Parameter:
    """`1e-5..1e-2:log`, `0..0.5:0.1` with a step, `5..20`, or choices `8,16,32`."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        return Parameter(key, choices=_choices(key, text))
    try:
        low, high = float(found["low"]), float(found["high"])
        step = float(found["how"]) if found["how"] not in (None, "log") else None
    except ValueError:
        raise ConfigError(
            f"{key}: {text!r} is no range. Write it as 1e-5..1e-2:log, 0..0.5:0.1 or 5..20, or "
            "give choices such as 8,16,32."
        ) from None
    return Parameter(key, (), low, high, found["how"] == "log", step, whole)


def _choices(key: str, text: str) -> tuple[Any, ...]:
    try:
        listed = json.loads(f"[{text}]")
    except ValueError:
        listed = [_value(part.strip()) for part in text.split(",") if part.strip()]
    if len(listed) < 2:
        raise ConfigError(
            f"{key}: name at least two choices, such as 8,16,32, or a range, such as 0..0.5. "
            f"Received: {text!r}."
        )
    return tuple(listed)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"True": True, "False": False, "None": None}.get(text, text)


@dataclass(frozen=True)
class StudyPlan:
    """`study.json`. `trials` counts all of them; it alone may grow later.

    `startup` trials run to their end before any is cut short; none is in its first `warmup`
    epochs.
    """

    name: str
    training: TrainConfig
    space: tuple[Parameter, ...]
    metric: str = "validation_auc"
    trials: int = 20
    pruner: Pruner = "median"
    startup: int = 5
    warmup: int = 1
    seed: int = 0
    created: float = 0.0

    def __post_init__(self) -> None:
        check_metric("metric", self.metric)
        if self.pruner not in PRUNERS:
            raise ConfigError(f"pruner must be {', '.join(PRUNERS)}. Received: {self.pruner!r}.")
        for name, least in (("trials", 1), ("startup", 0), ("warmup", 0), ("seed", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or not least <= value <= 100_000:
                raise ConfigError(
                    f"{name} must be a whole number from {least} to 100,000. Received: {value!r}."
                )
        keys = [parameter.key for parameter in self.space]
        if not keys:
            raise ConfigError("Nothing varies. Name at least one setting and its range.")
        if len(set(keys)) != len(keys):
            raise ConfigError(f"A setting may vary only once. Received: {', '.join(keys)}.")

    def to_dict(self) -> dict[str, Any]:
        return {"version": 1, **asdict(self), "training": self.training.to_dict()}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "StudyPlan":
        values = {name: value for name, value in raw.items() if name != "version"}
        space = tuple(
            Parameter(**{**item, "choices": tuple(item["choices"])}) for item in raw["space"]
        )
        return cls(**{**values, "training": decode(TrainConfig, raw["training"]), "space": space})


@dataclass(frozen=True)
class Trial:
    """One try, as far as it has come. `state` is running, complete, pruned or failed."""

    number: int
    state: str
    value: float | None
    values: dict[str, Any]
    curve: dict[int, float]  # the measure by epoch
    run: str = ""
    problem: str = ""
    seconds: float = 0.0
