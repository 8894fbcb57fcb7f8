"""EfficientNetB0: a small, accurate network of balanced depth, width and size."""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="efficientnet_b0",
    title="EfficientNetB0",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=4_049_571,
    explanation_layer="top_activation",
    blocks=("normalization_1", "stem", "block1a", "block2a", "block2b", "block3a", "block3b", "block4a", "block4b", "block4c", "block5a", "block5b", "block5c", "block6a", "block6b", "block6c", "block6d", "block7a", "top"),
    source="Tan and Le 2019, arXiv:1905.11946",
    expects="0-255",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import EfficientNetB0

    return EfficientNetB0(include_top=False, weights=weights, input_tensor=inputs).output
