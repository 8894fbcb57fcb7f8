"""DenseNet121: each layer sees all earlier ones; a branch of system A."""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="densenet121",
    title="DenseNet121",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=7_037_504,
    explanation_layer="relu",
    blocks=("conv1", "conv2", "pool2", "conv3", "pool3", "conv4", "pool4", "conv5", "bn"),
    source="Huang et al. 2016, arXiv:1608.06993",
    expects="imagenet-torch",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import DenseNet121

    return DenseNet121(include_top=False, weights=weights, input_tensor=inputs).output
