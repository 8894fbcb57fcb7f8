"""ResNet50V2: residual blocks that normalise first; used by system B."""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="resnet50_v2",
    title="ResNet50V2",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=23_564_800,
    explanation_layer="post_relu",
    blocks=("conv1", "conv2", "conv3", "conv4", "conv5", "post"),
    source="He et al. 2016, arXiv:1603.05027",
    expects="minus-one-one",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import ResNet50V2

    return ResNet50V2(include_top=False, weights=weights, input_tensor=inputs).output
