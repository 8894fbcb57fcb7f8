"""EfficientNetV2B0: EfficientNet reworked to train faster."""

from typing import Any

from core.domain.models import BackboneSpec

REPEATED = tuple(
    f"block{stage}{letter}"
    for stage, count in enumerate((1, 2, 2, 3, 5, 8), 1)
    for letter in "abcdefgh"[:count]
)

SPEC = BackboneSpec(
    name="efficientnet_v2_b0",
    title="EfficientNetV2B0",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=5_919_312,
    explanation_layer="top_activation",
    blocks=("stem", *REPEATED, "top"),
    source="Tan and Le 2021, arXiv:2104.00298",
    expects="0-255",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import EfficientNetV2B0

    return EfficientNetV2B0(include_top=False, weights=weights, input_tensor=inputs).output
