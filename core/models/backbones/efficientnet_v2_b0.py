"""EfficientNetV2B0: EfficientNet reworked to train faster."""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="efficientnet_v2_b0",
    title="EfficientNetV2B0",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=5_919_312,
    explanation_layer="top_activation",
    blocks=("stem", "block1a", "block2a", "block2b", "block3a", "block3b", "block4a", "block4b", "block4c", "block5a", "block5b", "block5c", "block5d", "block5e", "block6a", "block6b", "block6c", "block6d", "block6e", "block6f", "block6g", "block6h", "top"),
    source="Tan and Le 2021, arXiv:2104.00298",
    expects="0-255",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import EfficientNetV2B0

    return EfficientNetV2B0(include_top=False, weights=weights, input_tensor=inputs).output
