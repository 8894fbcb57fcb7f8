"""Every setting of a run with its title, help, kind and group, read from the dataclasses.

A page draws its widgets from this, so that a new setting appears by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from core.domain.settings import Rule, split
from core.domain.training import STEERABLE, Sequence, TrainConfig
from core.models.catalogue import HYBRID
from core.services.launching import GIVEN

Kind = Literal["switch", "choice", "whole", "number", "text", "own"]


@dataclass(frozen=True)
class Setting:
    """`kind` is "own" where no ordinary widget does, such as the table of stages."""

    key: str
    title: str
    help: str
    kind: Kind
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Group:
    title: str
    icon: str
    plain: str
    begins: tuple[str, ...]

    def holds(self, key: str) -> bool:
        return any(key == one or key.startswith(f"{one}.") for one in self.begins)


GROUPS = (
    Group(
        "Learning",
        "speed",
        "How long it learns, how many images it sees at once, and how big its steps are.",
        (
            "epochs",
            "batch_size",
            "learning_rate",
            "optimizer",
            "momentum",
            "weight_decay",
            "clip_norm",
            "weight_average",
            "norm_momentum",
            "schedule",
        ),
    ),
    Group(
        "Network",
        "hub",
        "What the network is made of, where its first weights come from, and which part learns.",
        ("model", "sequence", "stages"),
    ),
    Group(
        "Augmentation",
        "transform",
        "Random changes to training images, so that the network sees more than there is.",
        ("augmentation",),
    ),
    Group(
        "Classes and loss",
        "balance",
        "What counts as a mistake, and how rare classes are made up for.",
        ("loss", "class_weights", "sampling"),
    ),
    Group(
        "Best and end",
        "flag",
        "Which epoch is kept, and when there is no use in going on.",
        ("best", "early_stopping"),
    ),
    Group(
        "Computing",
        "memory",
        "Which library computes, how exactly, and how often work is saved.",
        (),
    ),
)
# Chosen elsewhere on the page, or said by the recipe.
APART = ("title", "split", *GIVEN)

_METRICS = ("best", "schedule.metric", "early_stopping.metric")
_TITLES = {
    "sequence": "All views of a patient",
    "sequence.slots": "Views at most",
    "sequence.units": "Units over the views",
    "sequence.dropout": "Dropout over the views",
    "sequence.context": "Told of the patient",
    "model.options": "Options of the network",
    "xla": "Compile with XLA",
    "mlflow": "Report to MLflow",
    "tensorboard": "Curves for TensorBoard",
    "gpus": "GPUs at most",
    "model.head.l2": "L2 penalty",
    "model.head.standardise": "Standardise features",
    "model.stem": "Grey to colour",
    "model.head.dense": "Dense layers",
    "loss.name": "Loss",
    "loss.gamma": "Focus of focal loss",
    "schedule.name": "Schedule",
    "schedule.minimum": "Lowest rate",
    "schedule.metric": "Plateau seen in",
    "schedule.factor": "Plateau multiplies by",
    "schedule.patience": "Plateau after epochs",
    "early_stopping.patience": "End after epochs without gain",
    "early_stopping.metric": "Gain seen in",
    "early_stopping.least": "Least gain that counts",
    "best": "Best epoch by",
    "augmentation.gamma": "Gamma",
    "augmentation.copies": "Fixed versions",
    "checkpoint_seconds": "Save at least every (seconds)",
    "leakage_check": "Look for copies first",
    "feature_cache": "Keep frozen features",
    "clip_norm": "Longest gradient",
    "weight_average": "Mean of the weights",
    "norm_momentum": "Pace of batch normalisation",
    "augmentation.upend": "Mirror top and bottom",
}
_CHANGES = (
    *("flip", "upend", "rotation", "shift", "zoom", "shear"),
    *("brightness", "contrast", "gamma", "noise", "elastic"),
)
# Without these values the setting has no effect.
_ONLY_WITH: dict[str, tuple[str, tuple[Any, ...]]] = {
    "momentum": ("optimizer", ("sgd",)),
    "schedule.metric": ("schedule.name", ("plateau",)),
    "schedule.factor": ("schedule.name", ("plateau",)),
    "schedule.patience": ("schedule.name", ("plateau",)),
    "loss.gamma": ("loss.name", ("focal",)),
    "model.backbones": ("model.name", (HYBRID,)),
}


@lru_cache(maxsize=1)
def settings() -> dict[str, Setting]:
    """By dotted name, in the order of the dataclasses; views read together come last."""
    found = {one.key: one for one in _walk(TrainConfig)}
    return {**found, **{one.key: one for one in _walk(Sequence, "sequence.")}}


def group_of(key: str) -> Group:
    """What no other group holds is a question of computing."""
    return next((group for group in GROUPS if group.holds(key)), GROUPS[-1])


def in_group(group: Group) -> list[Setting]:
    found = settings().items()
    return [one for key, one in found if key not in APART and group_of(key) == group]


def matters(key: str, values: Mapping[str, Any], model: str) -> bool:
    """Would changing it change anything, as `values` stand?"""
    if key == "augmentation.elastic_grid":
        return bool(values["augmentation.elastic"])
    if key in ("augmentation.fill", "augmentation.copies"):
        changes = [f"augmentation.{name}" for name in _CHANGES]
        return any(values[name] for name in changes)
    if key.startswith("sequence."):
        return values.get("sequence", True) is not None
    if key not in _ONLY_WITH:
        return True
    other, wanted = _ONLY_WITH[key]
    return (model if other == "model.name" else values[other]) in wanted


def _walk(cls: type[Any], before: str = "") -> Iterator[Setting]:
    for name, hint in get_type_hints(cls, include_extras=True).items():
        plain, rule = split(hint)
        if is_dataclass(plain) and isinstance(plain, type):
            yield from _walk(plain, f"{before}{name}.")
        elif f"{before}{name}" not in GIVEN:
            yield _setting(before + name, plain, rule or Rule(""))


def _setting(key: str, plain: Any, rule: Rule) -> Setting:
    kind, choices = _kind(key, plain)
    low = rule.low if rule.low is not None else rule.above
    words = key.split(".")[-1].replace("_", " ")
    title = _TITLES.get(key, words[:1].upper() + words[1:])
    return Setting(key, title, _helped(key, rule), kind, choices, low, rule.high)


def _helped(key: str, rule: Rule) -> str:
    if key == "sequence":
        return "Read all views of a patient together, with what is known of them"
    return rule.help


def _kind(key: str, plain: Any) -> tuple[Kind, tuple[str, ...]]:
    if key in _METRICS:
        return "choice", STEERABLE
    if get_origin(plain) is Literal:
        return "choice", tuple(get_args(plain))
    kinds: dict[Any, Kind] = {bool: "switch", int: "whole", float: "number", str: "text"}
    return kinds.get(plain, "own"), ()
