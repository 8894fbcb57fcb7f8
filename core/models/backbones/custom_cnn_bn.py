"""The custom network of system B: four normalised convolutions, made for 299-pixel patches."""

from typing import Any

from core.domain.models import BackboneSpec

FILTERS = (32, 64, 128, 256)

SPEC = BackboneSpec(
    name="custom_cnn_bn",
    title="CNN with batch normalisation (system B)",
    builder=f"{__name__}:build",
    channels=3,
    default_size=299,
    min_size=32,
    parameters=390_336,
    explanation_layer="relu4",
    blocks=("conv1", "norm1", "conv2", "norm2", "conv3", "norm3", "conv4", "norm4"),
    source="Deep Learning Breast Cancer Detection, BSc report, August 2025",
)


def build(inputs: Any) -> Any:
    from keras import layers

    x = inputs
    for number, filters in enumerate(FILTERS, 1):
        x = layers.Conv2D(filters, 3, padding="same", name=f"conv{number}")(x)
        x = layers.BatchNormalization(name=f"norm{number}")(x)
        x = layers.ReLU(name=f"relu{number}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{number}")(x)
    return x
