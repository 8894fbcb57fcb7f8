"""What a training run is asked to do, as data. It is written once, as part of `config.json`."""

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

from core.domain.cases import FACTS
from core.domain.models import ModelConfig
from core.domain.settings import Rule, check, decode
from core.errors import ConfigError

Shape = Literal["constant", "cosine", "plateau"]
LossName = Literal["cross-entropy", "focal"]
ClassWeights = Literal["none", "balanced"] | dict[str, float]
Optimizer = Literal["adam", "adamw", "sgd", "adagrad"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
Backend = Literal["tensorflow", "jax", "torch"]

# The columns a person may steer by; `validation_` in front means measured on that part.
MEASURES = ("loss", "accuracy", "auc", "sensitivity", "specificity")
STEERABLE = tuple(f"{part}{name}" for part in ("", "validation_") for name in MEASURES)

_DEVICE = re.compile(r"gpu:\d{1,3}")
_TRAINED = re.compile(r"all|head|last-[1-9]\d*|[A-Za-z][\w, ]*")


def check_metric(name: str, value: str) -> None:
    if value not in STEERABLE:
        raise ConfigError(
            f"Setting {name!r} must be one of {', '.join(STEERABLE)}. Received: {value!r}."
        )


@dataclass(frozen=True)
class Stage:
    """One leg of a run: which layers learn, for how long and how fast.

    What is None is taken from the run's own `epochs` and `learning_rate`.
    """

    train: Annotated[str, Rule("What learns: all, head, last-N or blocks")] = "all"
    epochs: Annotated[int | None, Rule("Epochs of this stage", low=1, high=100_000)] = None
    learning_rate: Annotated[float | None, Rule("Its learning rate", above=0, high=100)] = None

    def __post_init__(self) -> None:
        check(self)
        if not _TRAINED.fullmatch(self.train):
            raise ConfigError(
                "A stage trains 'all', 'head', 'last-N' (layers of each backbone) or named "
                f"blocks such as 'conv5'. Received: {self.train!r}."
            )


@dataclass(frozen=True)
class Schedule:
    """How the learning rate moves within a stage."""

    name: Annotated[Shape, Rule("Shape of the schedule")] = "constant"
    warmup_epochs: Annotated[float, Rule("Epochs in which it rises from zero", low=0)] = 0.0
    minimum: Annotated[float, Rule("It never falls below this", low=0)] = 0.0
    metric: Annotated[str, Rule("What a plateau is seen in")] = "validation_loss"
    factor: Annotated[float, Rule("What a plateau multiplies it by", above=0, high=1)] = 0.5
    patience: Annotated[int, Rule("Epochs without improvement that make a plateau", low=1)] = 3

    def __post_init__(self) -> None:
        check(self)
        check_metric("schedule.metric", self.metric)


@dataclass(frozen=True)
class Loss:
    name: Annotated[LossName, Rule("Which loss")] = "cross-entropy"
    gamma: Annotated[float, Rule("How far focal loss ignores the easy", low=0, high=10)] = 2.0
    label_smoothing: Annotated[float, Rule("Share taken from labels", low=0, high=0.9)] = 0.0

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True)
class EarlyStopping:
    patience: Annotated[int, Rule("Epochs without gain before the end; 0: never", low=0)] = 0
    metric: Annotated[str, Rule("What must improve")] = "validation_loss"
    least: Annotated[float, Rule("What counts as improvement", low=0)] = 0.0

    def __post_init__(self) -> None:
        check(self)
        check_metric("early_stopping.metric", self.metric)


@dataclass(frozen=True)
class Augmentation:
    """Random changes to training images, drawn anew each epoch unless `copies` is set.

    Geometric changes are composed into one resampling. `copies` fixes that many versions
    of each image, used in turn, which a feature cache can hold.
    """

    flip: Annotated[bool, Rule("Mirror left and right, for half of the images")] = False
    upend: Annotated[bool, Rule("Mirror top and bottom, for half of the images")] = False
    rotation: Annotated[float, Rule("Degrees to either side", low=0, high=180)] = 0.0
    shift: Annotated[float, Rule("Share of height and width", low=0, high=0.5)] = 0.0
    zoom: Annotated[float, Rule("Share larger or smaller", low=0, high=0.9)] = 0.0
    shear: Annotated[float, Rule("Share of the height", low=0, high=1)] = 0.0
    fill: Annotated[Literal["nearest", "zero"], Rule("What lies beyond the border")] = "nearest"
    brightness: Annotated[float, Rule("Added or taken away, of full scale", low=0, high=1)] = 0.0
    contrast: Annotated[float, Rule("Share around the mean", low=0, high=0.95)] = 0.0
    gamma: Annotated[float, Rule("Share around 1", low=0, high=0.95)] = 0.0
    noise: Annotated[float, Rule("Standard deviation, of full scale", low=0, high=1)] = 0.0
    elastic: Annotated[float, Rule("Strength in pixels", low=0, high=100)] = 0.0
    elastic_grid: Annotated[int, Rule("Control points each way", low=2, high=32)] = 5
    copies: Annotated[int, Rule("Fixed versions of each image; 0 draws anew", low=0, high=1000)] = 0

    def __post_init__(self) -> None:
        check(self)

    @property
    def geometric(self) -> bool:
        mirrored = self.flip or self.upend
        return bool(mirrored or self.rotation or self.shift or self.zoom or self.shear)

    @property
    def active(self) -> bool:
        others = self.brightness, self.contrast, self.gamma, self.noise, self.elastic
        return self.geometric or any(others)


@dataclass(frozen=True)
class Sequence:
    """Read all views of a patient together, with what is known of them, as system C does."""

    slots: Annotated[int, Rule("Views read at most, the newest", low=1, high=64)] = 8
    recurrent: Annotated[Literal["gru", "lstm"], Rule("What goes over the views")] = "gru"
    units: Annotated[int, Rule("Its size", low=1, high=4096)] = 64
    dropout: Annotated[float, Rule("Before the answer", low=0, high=0.95)] = 0.0
    context: Annotated[
        tuple[str, ...], Rule("What it is told of the patient; nothing: images alone")
    ] = FACTS

    def __post_init__(self) -> None:
        check(self)
        if strange := [fact for fact in self.context if fact not in FACTS]:
            raise ConfigError(
                f"sequence.context is of {', '.join(FACTS)}. Received: {', '.join(strange)}."
            )


@dataclass(frozen=True)
class TrainConfig:
    dataset: Annotated[str, Rule("Name of a prepared dataset")] = ""
    model: ModelConfig = field(
        default_factory=lambda: ModelConfig("custom_cnn", 244, 244, ("negative", "positive"))
    )
    recipe: Annotated[str, Rule("The recipe this came from")] = ""
    title: Annotated[str, Rule("A name for people")] = ""
    sequence: Sequence | None = None  # one image at a time where there is none
    split: Annotated[str, Rule("Which split of the dataset")] = "default"
    epochs: Annotated[int, Rule("Times through the training images", low=1, high=100_000)] = 30
    batch_size: Annotated[int, Rule("Images a step", low=1, high=65_536)] = 16
    learning_rate: Annotated[float, Rule("Step size at its highest", above=0, high=100)] = 1e-3
    stages: Annotated[tuple[Stage, ...], Rule("Legs of transfer learning; none trains all")] = ()
    optimizer: Annotated[Optimizer, Rule("Which optimizer")] = "adam"
    momentum: Annotated[float, Rule("Of SGD", low=0, high=0.9999)] = 0.9
    weight_decay: Annotated[float, Rule("Of AdamW, SGD and Adam", low=0, high=1)] = 0.0
    clip_norm: Annotated[float, Rule("Longest gradient allowed; 0 is any", low=0)] = 0.0
    weight_average: Annotated[
        float, Rule("Judge and keep a running mean of the weights; 0 does not", low=0, high=0.9999)
    ] = 0.0
    norm_momentum: Annotated[
        float,
        Rule("How slowly batch normalisation's statistics follow; 0: as built", low=0, high=0.9999),
    ] = 0.0
    schedule: Schedule = field(default_factory=Schedule)
    loss: Loss = field(default_factory=Loss)
    class_weights: Annotated[ClassWeights, Rule("none, balanced, or one for each")] = "none"
    sampling: Annotated[Literal["shuffle", "balanced"], Rule("How an epoch is drawn")] = "shuffle"
    augmentation: Augmentation = field(default_factory=Augmentation)
    early_stopping: EarlyStopping = field(default_factory=EarlyStopping)
    best: Annotated[str, Rule("The measure that chooses the best epoch")] = "validation_auc"
    precision: Annotated[Precision, Rule("Arithmetic of the layers")] = "float32"
    xla: Annotated[bool, Rule("Compile the whole step with XLA")] = False
    backend: Annotated[Backend, Rule("Library that computes")] = "tensorflow"
    gpus: Annotated[int, Rule("GPUs at most; 0 trains on the processor", low=0, high=64)] = 1
    devices: Annotated[tuple[str, ...], Rule("Only these, as gpu:1; none is any free one")] = ()
    seed: Annotated[int, Rule("Of everything random", low=0, high=2**31 - 1)] = 0
    leakage_check: Annotated[bool, Rule("Look for copies across the split first")] = True
    feature_cache: Annotated[bool, Rule("Keep a frozen backbone's features where possible")] = True
    tensorboard: Annotated[bool, Rule("Write the curves for TensorBoard too")] = False
    mlflow: Annotated[bool, Rule("Report to the server in MLFLOW_TRACKING_URI")] = False
    checkpoint_seconds: Annotated[float, Rule("Longest work lost to a crash", above=0)] = 300.0

    def __post_init__(self) -> None:
        check(self)
        check_metric("best", self.best)
        if any(not _DEVICE.fullmatch(name) for name in self.devices):
            raise ConfigError(
                "devices names GPUs by their number, such as gpu:0. Received: "
                f"{', '.join(self.devices)}. To train on the processor set gpus=0."
            )
        if self.sequence and len(self.model.classes) != 2:
            raise ConfigError(
                "A sequence of views answers yes or no for each breast. Received: "
                f"{len(self.model.classes)} classes. Choose a dataset with two."
            )
        weights = self.class_weights
        if isinstance(weights, dict):
            self._check_weights(weights)

    def _check_weights(self, weights: dict[str, float]) -> None:
        if set(weights) != set(self.model.classes) or any(not w >= 0 for w in weights.values()):
            raise ConfigError(
                "class_weights must give each class a weight of at least 0. "
                f"Classes: {', '.join(self.model.classes)}. Received: {weights}."
            )

    @property
    def legs(self) -> tuple[Stage, ...]:
        """The stages with nothing left open; a run without stages has one."""
        return tuple(
            Stage(leg.train, leg.epochs or self.epochs, leg.learning_rate or self.learning_rate)
            for leg in self.stages or (Stage(),)
        )

    @property
    def total_epochs(self) -> int:
        return sum(leg.epochs or 0 for leg in self.legs)

    def to_dict(self) -> dict[str, Any]:
        return dict(json.loads(json.dumps(asdict(self))))

    @classmethod
    def from_dict(cls, raw: Any) -> "TrainConfig":
        return decode(cls, raw)


def higher_is_better(metric: str) -> bool:
    return not metric.endswith("loss")
