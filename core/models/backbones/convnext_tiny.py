"""ConvNeXt-Tiny: a convolutional network with the habits of a transformer."""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="convnext_tiny",
    title="ConvNeXt-Tiny",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=27_820_128,
    explanation_layer="layer_normalization_1",
    blocks=("stem", "stage_0", "downsampling", "stage_1", "stage_2", "stage_3", "layer"),
    source="Liu et al. 2022, arXiv:2201.03545",
    expects="0-255",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import ConvNeXtTiny

    return ConvNeXtTiny(include_top=False, weights=weights, input_tensor=inputs).output
