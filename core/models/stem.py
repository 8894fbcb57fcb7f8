"""What stands before a backbone: grey to three channels, and the scale its weights expect.

Both are layers of the model, so that whoever uses it hands over plain grey in [0, 1].
"""

from typing import Any

import numpy as np

from core.domain.models import BackboneSpec, Stem
from core.errors import ConfigError

COLOUR = "grey_to_colour"
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# The published means of the Caffe weights, in their order blue, green, red.
_CAFFE_MEAN = (103.939, 116.779, 123.68)

# Scale and offset that take [0, 1] to what each kind of weights was trained on.
SCALES: dict[str, tuple[Any, Any]] = {
    "unit": (1.0, 0.0),
    "minus-one-one": (2.0, -1.0),
    "imagenet-torch": (
        [1 / d for d in _DEVIATION],
        [-m / d for m, d in zip(_MEAN, _DEVIATION, strict=True)],
    ),
    "imagenet-caffe": ([255.0] * 3, [-m for m in _CAFFE_MEAN]),
    "0-255": (255.0, 0.0),
}


def to_colour(grey: Any, stem: Stem) -> Any:
    """The convolution starts as a copy to each channel, so pretrained features survive it."""
    from keras import layers

    if stem == "replicate":
        return layers.Concatenate(name=COLOUR)([grey, grey, grey])
    if stem != "convolution":
        raise ConfigError(f"There is no stem {stem!r}. Known: replicate, convolution.")
    convolution = layers.Conv2D(3, 3, padding="same", name=COLOUR)
    colour = convolution(grey)
    start = np.zeros(convolution.kernel.shape, np.float32)
    start[1, 1, 0, :] = 1
    convolution.kernel.assign(start)
    return colour


def normalised(x: Any, spec: BackboneSpec) -> Any:
    from keras import layers

    scale, offset = SCALES[spec.expects]
    if (scale, offset) == (1.0, 0.0):
        return x
    return layers.Rescaling(scale, offset, name=f"{spec.name}_scale")(x)
