"""VGG16: plain 3×3 convolutions; a strong, heavy baseline of system B."""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="vgg16",
    title="VGG16",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=14_714_688,
    explanation_layer="block5_conv3",
    blocks=("block1", "block2", "block3", "block4", "block5"),
    source="Simonyan and Zisserman 2014, arXiv:1409.1556",
    expects="imagenet-caffe",
    pretrained=("imagenet",),
)


def build(inputs: Any, *, weights: str | None = None) -> Any:
    from keras.applications import VGG16

    return VGG16(include_top=False, weights=weights, input_tensor=inputs).output
