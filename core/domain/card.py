"""The card of a model: what it is for, what it learned from, how good it is, how to use it."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from core.domain.preprocess import PreprocessSpec
from core.errors import ConfigError

VERSION = 1
# What it is asked: one image, all views of an exam together, or a patch of an image.
Kind = Literal["image", "exam", "patch"]


@dataclass(frozen=True)
class Interval:
    """A figure with its 95% interval; `n` is what it was measured on."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class ClassCard:
    name: str
    title: str
    plain: str


@dataclass(frozen=True)
class OperatingPoint:
    """An image is called positive when `positive` classes together reach `threshold`."""

    threshold: float
    positive: tuple[str, ...]
    chosen_on: str
    reason: str


@dataclass(frozen=True)
class Calibration:
    """Logits are divided by `temperature` before they become probabilities."""

    temperature: float = 1.0
    fitted_on: str = "not fitted"


@dataclass(frozen=True)
class TrainingData:
    dataset: str
    synthetic: bool
    images: int
    patients: int
    split: str
    terms: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """One of several networks that answer together.

    Its logits are divided by `temperature`; then `shift` is added, one number a logit.
    """

    file: str
    run: str
    seed: int
    fold: int
    temperature: float
    shift: tuple[float, ...] = ()


@dataclass(frozen=True)
class GroupFigure:
    """`figure` on the cases whose property `by` has this value."""

    by: str
    value: str
    figure: str
    cases: int
    patients: int
    positives: int
    interval: Interval


@dataclass(frozen=True)
class ModelCard:
    name: str
    title: str
    summary: str  # one sentence for a menu
    intended_use: str
    weaknesses: tuple[str, ...]
    task: str
    classes: tuple[ClassCard, ...]  # in the order of the outputs
    preprocessing: PreprocessSpec
    model: dict[str, Any]  # a ModelConfig
    training: dict[str, Any]
    data: TrainingData
    metrics: dict[str, Interval]
    measured_on: str
    operating_point: OperatingPoint
    calibration: Calibration
    explanation_layer: str
    versions: dict[str, str]
    fitness: dict[str, Any] = field(default_factory=dict)
    kind: Kind = "image"
    whole: dict[str, Any] = field(default_factory=dict)  # how a patch model reads whole images
    members: tuple[Member, ...] = ()  # the networks of a model made of several
    by_group: tuple[GroupFigure, ...] = ()
    baselines: dict[str, Interval] = field(default_factory=dict)  # AUC without the image

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        try:
            raw = json.loads(text)
            if raw.pop("version") != VERSION:
                raise ConfigError(f"This model card is not of version {VERSION}.")
            return cls(
                **{
                    **raw,
                    "weaknesses": tuple(raw["weaknesses"]),
                    "classes": tuple(ClassCard(**c) for c in raw["classes"]),
                    "preprocessing": PreprocessSpec.from_dict(raw["preprocessing"]),
                    "data": TrainingData(**raw["data"]),
                    "metrics": {k: Interval(**v) for k, v in raw["metrics"].items()},
                    "operating_point": OperatingPoint(
                        **{
                            **raw["operating_point"],
                            "positive": tuple(raw["operating_point"]["positive"]),
                        }
                    ),
                    "calibration": Calibration(**raw["calibration"]),
                    "members": tuple(_member(m) for m in raw.get("members", ())),
                    "by_group": tuple(_group(g) for g in raw.get("by_group", ())),
                    "baselines": {k: Interval(**v) for k, v in raw.get("baselines", {}).items()},
                }
            )
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise ConfigError(f"The model card cannot be read: {fault}.") from None


def _member(raw: dict[str, Any]) -> Member:
    return Member(**{**raw, "shift": tuple(raw.get("shift", ()))})


def _group(raw: dict[str, Any]) -> GroupFigure:
    return GroupFigure(**{**raw, "interval": Interval(**raw["interval"])})
