"""From feature maps to classes: pooling, dense layers, and the two last layers by fixed names."""

from typing import Any

from core.domain.models import LOGITS, PROBABILITY, HeadConfig
from core.errors import ConfigError

POOLED = "pooled_features"
FEATURE_DROPOUT = "feature_dropout"
STANDARDISED = "standardised_features"
POOLINGS = ("average", "max", "gem", "flatten")


def attach(maps: Any, head: HeadConfig, classes: int) -> Any:
    """Two classes share one sigmoid; more have an output each."""
    if head.feature_dropout:
        from core.models.layers import FreezableDropout

        maps = FreezableDropout(head.feature_dropout, name=FEATURE_DROPOUT)(maps)
    return classify(pool(maps, head.pooling), head, classes)


def classify(features: Any, head: HeadConfig, classes: int) -> Any:
    from keras import layers, regularizers

    from core.models.layers import FreezableDropout

    penalty = regularizers.L2(head.l2) if head.l2 else None
    x = features
    if head.standardise:
        # Features of a network that rests differ a hundredfold in size; a penalty, and steps of
        # one length, suit them only when they do not.
        x = layers.BatchNormalization(center=False, scale=False, name=STANDARDISED)(x)
    for number, units in enumerate(head.dense, 1):
        name = f"dense_{number}"
        x = layers.Dense(units, activation="relu", kernel_regularizer=penalty, name=name)(x)
    if head.dropout:
        x = FreezableDropout(head.dropout, name="dropout")(x)
    outputs = 1 if classes == 2 else classes
    last = None if head.dense else penalty
    # Probabilities need full precision whatever the rest computes in.
    logits = layers.Dense(outputs, kernel_regularizer=last, dtype="float32", name=LOGITS)(x)
    activation = "sigmoid" if outputs == 1 else "softmax"
    return layers.Activation(activation, dtype="float32", name=PROBABILITY)(logits)


def pool(maps: Any, pooling: str) -> Any:
    from keras import layers

    from core.models.layers import GeneralisedMeanPooling

    kinds = {
        "average": layers.GlobalAveragePooling2D,
        "max": layers.GlobalMaxPooling2D,
        "gem": GeneralisedMeanPooling,
        "flatten": layers.Flatten,
    }
    if pooling not in kinds:
        raise ConfigError(f"There is no pooling {pooling!r}. Known: {', '.join(POOLINGS)}.")
    return kinds[pooling](name=POOLED)(maps)
