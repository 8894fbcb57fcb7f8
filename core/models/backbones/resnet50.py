"""ResNet50: residual blocks; a branch of system A and the maps of system E."""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="resnet50",
    title="ResNet50",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=23_587_712,
    explanation_layer="conv5_block3_out",
    blocks=("conv1", "conv2", "conv3", "conv4", "conv5"),
    source="He et al. 2015, arXiv:1512.03385",
    expects="imagenet-caffe",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import ResNet50

    return ResNet50(include_top=False, weights=weights, input_tensor=inputs).output
