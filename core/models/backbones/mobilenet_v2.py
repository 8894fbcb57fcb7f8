"""MobileNetV2: small and quick on an ordinary processor, in any width."""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="mobilenet_v2",
    title="MobileNetV2",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=2_257_984,
    explanation_layer="out_relu",
    blocks=("Conv1", "bn", "expanded", "block_1", "block_2", "block_3", "block_4", "block_5", "block_6", "block_7", "block_8", "block_9", "block_10", "block_11", "block_12", "block_13", "block_14", "block_15", "block_16", "Conv_1"),
    source="Sandler et al. 2018, arXiv:1801.04381",
    expects="minus-one-one",
    pretrained=("imagenet",),
    options={"alpha": 1.0},
)


def build(inputs: Any, *, alpha: float = 1.0, weights: str | None = None) -> Any:
    """Published weights exist for alpha 0.35, 0.5, 0.75, 1.0, 1.3 and 1.4."""
    from keras.applications import MobileNetV2

    network = MobileNetV2(alpha=alpha, include_top=False, weights=weights, input_tensor=inputs)
    return network.output
