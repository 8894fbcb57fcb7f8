"""EfficientNetB0: a small, accurate network of balanced depth, width and size."""

from typing import Any

from core.domain.models import BackboneSpec

REPEATED = tuple(
    f"block{stage}{letter}"
    for stage, count in enumerate((1, 2, 2, 3, 3, 4, 1), 1)
    for letter in "abcdefgh"[:count]
)

SPEC = BackboneSpec(
    name="efficientnet_b0",
    title="EfficientNetB0",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=4_049_571,
    explanation_layer="top_activation",
    blocks=("normalization_1", "stem", *REPEATED, "top"),
    source="Tan and Le 2019, arXiv:1905.11946",
    expects="0-255",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import EfficientNetB0

    return EfficientNetB0(include_top=False, weights=weights, input_tensor=inputs).output
