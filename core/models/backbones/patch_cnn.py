"""The patch network of system E: 50×50 patches, later turned into a whole-image model."""

from typing import Any

from core.domain.models import BackboneSpec, HeadConfig
from core.errors import ConfigError

# Filters and pooling window: 50 pixels become 25, 12, 5 and 2.
BLOCKS = ((32, 2), (64, 2), (128, 3), (128, 2))

SPEC = BackboneSpec(
    name="patch_cnn",
    title="Patch CNN (system E)",
    builder=f"{__name__}:build",
    channels=3,
    default_size=50,
    min_size=46,
    parameters=240_832,
    explanation_layer="conv4",
    blocks=("conv1", "conv2", "conv3", "conv4"),
    source="Deep CNN-based automated detection of anomalies in X-Ray mammograms",
    options={"padding": "same"},
    # The size of the dense layer was not published.
    head=HeadConfig(pooling="flatten", dense=(128,)),
)


def build(inputs: Any, *, padding: str = "same") -> Any:
    """With `padding="valid"` the whole-image model equals the patch model exactly."""
    from keras import layers

    if padding not in ("same", "valid"):
        raise ConfigError(
            f"The padding of patch_cnn is 'same' or 'valid'. Received: {padding!r}. "
            "Take 'same' for the published network."
        )
    x = inputs
    for number, (filters, window) in enumerate(BLOCKS, 1):
        name = f"conv{number}"
        x = layers.Conv2D(filters, 3, padding=padding, activation="relu", name=name)(x)
        x = layers.MaxPooling2D(window, strides=2, name=f"pool{number}")(x)
    return x
