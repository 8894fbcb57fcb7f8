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
    blocks=("Conv1", "bn", "expanded", *(f"block_{n}" for n in range(1, 17)), "Conv_1"),
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
