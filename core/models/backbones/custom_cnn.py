"""The four-class network of system D: four convolutions, made for whole images at 244 pixels."""

from typing import Any

from core.domain.models import BackboneSpec, HeadConfig

FILTERS = (32, 64, 128, 258)  # 258 as published

SPEC = BackboneSpec(
    name="custom_cnn",
    title="CNN of system D",
    builder=f"{__name__}:build",
    channels=1,
    default_size=244,
    min_size=32,
    parameters=390_146,
    explanation_layer="conv4",
    blocks=("conv1", "conv2", "conv3", "conv4"),
    source="Deep Learning Breast Cancer Detection, BSc report, September 2025",
    head=HeadConfig(dense=(64,), feature_dropout=0.3, dropout=0.5, l2=0.001),
)


def build(inputs: Any) -> Any:
    from keras import layers

    x = inputs
    for number, filters in enumerate(FILTERS, 1):
        conv = layers.Conv2D(
            filters,
            3,
            padding="same",
            activation="relu",
            # Without batch norm, the usual start lets the signal fade and training stall.
            kernel_initializer="he_normal",
            name=f"conv{number}",
        )
        x = conv(x)
        window = 2 if number == 1 else 3
        x = layers.MaxPooling2D(window, strides=2, name=f"pool{number}")(x)
    return x
