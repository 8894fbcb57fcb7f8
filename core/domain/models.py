"""What a network is, as data: which backbones, how they meet, and the layers on top.

Every model Mammolens builds takes plain grey in [0, 1] of shape (height, width, 1) and
ends in two layers with fixed names: `logits` (dense, linear) and `probability` (sigmoid
for two classes, one output; softmax for more). Explanation and calibration rely on it.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from core.domain.settings import Rule

LOGITS = "logits"
PROBABILITY = "probability"

Pooling = Literal["average", "max", "gem", "flatten"]
Stem = Literal["replicate", "convolution"]


@dataclass(frozen=True)
class HeadConfig:
    """`l2` weighs the dense layers, or the last layer where there are none."""

    pooling: Annotated[Pooling, Rule("How feature maps become numbers")] = "average"
    dense: Annotated[tuple[int, ...], Rule("Sizes of layers before the answer")] = ()
    dropout: Annotated[float, Rule("Share dropped before the last layer")] = 0.0
    # System D has it.
    feature_dropout: Annotated[float, Rule("Share dropped before pooling")] = 0.0
    l2: Annotated[float, Rule("Penalty on large weights of the dense layers")] = 0.0
    standardise: Annotated[bool, Rule("Bring pooled features to one scale first")] = False


@dataclass(frozen=True)
class BackboneSpec:
    """One network without its top; `builder` is the import path of a function

    `build(inputs: keras.KerasTensor, **options) -> keras.KerasTensor` that returns the
    feature maps, every layer flat in the caller's graph.
    `channels` is what it takes: 3 for networks with published weights, else 1
    (a network described for colour stays at 3, so that its parameters can be compared).
    `expects` names the normalisation its weights were trained with.
    """

    name: str
    title: str
    builder: str
    channels: Literal[1, 3]
    default_size: int
    min_size: int
    parameters: int  # at the default size and options, without a head
    explanation_layer: str
    source: str  # where the architecture is described
    expects: Literal["unit", "minus-one-one", "imagenet-torch", "imagenet-caffe", "0-255"] = "unit"
    pretrained: tuple[str, ...] = ()  # names of published weights, such as imagenet
    size_multiple: int = 1
    blocks: tuple[str, ...] = ()  # as a stage of training may name them, in the order they run
    options: dict[str, Any] = field(default_factory=dict)  # what `builder` takes, with defaults
    head: HeadConfig = field(default_factory=HeadConfig)  # the head it was described with


@dataclass(frozen=True)
class ModelConfig:
    """`name` is registered; `backbones` is what a hybrid joins, empty for a single network.

    `weights` is None (random), the name of published weights, the path of a weights file,
    or `run:<id>` for an earlier run of one's own.
    """

    name: str
    height: int
    width: int
    classes: tuple[str, ...]
    backbones: Annotated[tuple[str, ...], Rule("Networks that a hybrid joins")] = ()
    stem: Annotated[Stem, Rule("How grey becomes three colours")] = "replicate"
    weights: Annotated[str | None, Rule("First weights: imagenet, a file or run:ID")] = None
    head: HeadConfig = field(default_factory=HeadConfig)
    options: Annotated[dict[str, Any], Rule("What the network's builder takes")] = field(
        default_factory=dict
    )


@dataclass(frozen=True)
class SequenceConfig:
    """Several views of a patient, earlier exams included, read one after the other.

    `view` describes the network that reads one view; of its head only the pooling counts.
    `slots` bounds how many views are read; `context` is how many numbers describe the
    patient at a view (a `ContextEncoder` says how many).
    """

    view: ModelConfig
    context: int
    slots: int = 8
    recurrent: Literal["gru", "lstm"] = "gru"
    units: int = 64
    dropout: float = 0.0
