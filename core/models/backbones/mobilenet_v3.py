"""MobileNetV3: a searched architecture for phones, small or large."""

from typing import Any

from core.domain.models import BackboneSpec
from core.errors import ConfigError

SPEC = BackboneSpec(
    name="mobilenet_v3",
    title="MobileNetV3",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=939_120,
    explanation_layer="top_activation",
    blocks=("conv", "expanded", "conv_1"),
    source="Howard et al. 2019, arXiv:1905.02244",
    expects="0-255",
    pretrained=("imagenet",),
    options={"variant": "small"},
)


def build(inputs: Any, *, variant: str = "small", weights: str | None = None) -> Any:
    from keras.applications import MobileNetV3Large, MobileNetV3Small

    kinds = {"small": MobileNetV3Small, "large": MobileNetV3Large}
    if variant not in kinds:
        raise ConfigError(f"MobileNetV3 is 'small' or 'large'. Received: {variant!r}.")
    network = kinds[variant](include_top=False, weights=weights, input_tensor=inputs)
    # Keras numbers it, and the number is not the same in both variants.
    network.layers[-1].name = SPEC.explanation_layer
    return network.output
