"""Several networks that answer together: their calibrated logits, averaged.

Written as one ordinary network, so that whatever asks, exports or differentiates a model
does the same to several. Each network stays whole inside it, for looking into one by one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.domain.card import Member
from core.domain.models import LOGITS, PROBABILITY
from core.errors import ConfigError
from core.models.loading import load_model

_NETWORK, _SHARE = "network_", "share_"


class Part(NamedTuple):
    """A network; its logits times `weight`, plus `shift`, are what it adds to the answer."""

    model: Any
    weight: float
    shift: tuple[float, ...] = (0.0,)


def open_model(file: Path, members: Sequence[Member] = ()) -> Any:
    """The network of a bundle or run, or all networks of a bundle that has several."""
    if not members:
        return load_model(file)
    files = files_of(file, members)
    return joined([load_model(one) for one in files], members)


def files_of(file: Path, members: Sequence[Member] = ()) -> list[Path]:
    """All networks' files, beside the first; refused where one of them is gone."""
    files = [file.with_name(member.file) for member in members] or [file]
    missing = [one.name for one in files if not one.is_file()]
    if missing:
        raise ConfigError(
            f"The model {file.parent.name!r} is made of {len(files)} networks, of which "
            f"{', '.join(missing)} cannot be found. Publish the cross-validation again."
        )
    return files


def joined(models: Sequence[Any], members: Sequence[Member]) -> Any:
    """Each network's logits divided by its temperature and shifted, then their mean."""
    import keras
    from keras import layers

    given = keras.Input(models[0].inputs[0].shape[1:], name="images")
    shares = []
    for number, (model, member) in enumerate(zip(models, members, strict=True), 1):
        logits = model.get_layer(LOGITS).output
        network = keras.Model(model.input, logits, name=f"{_NETWORK}{number}")
        weight = 1 / (member.temperature * len(models))
        shift = [by / len(models) for by in member.shift] or 0.0
        share = layers.Rescaling(weight, shift, dtype="float32", name=f"{_SHARE}{number}")
        shares.append(share(network(given)))
    mean = layers.Add(dtype="float32", name=LOGITS)(shares)
    activation = "sigmoid" if mean.shape[-1] == 1 else "softmax"
    return keras.Model(
        given, layers.Activation(activation, dtype="float32", name=PROBABILITY)(mean)
    )


def parts_of(model: Any) -> list[Part]:
    """The networks that answer together, or the one that answers alone."""
    layers = {layer.name: layer for layer in model.layers}
    count = sum(name.startswith(_SHARE) for name in layers)
    return [
        Part(layers[f"{_NETWORK}{number}"], float(share.scale), tuple(np.ravel(share.offset)))
        for number in range(1, count + 1)
        for share in [layers[f"{_SHARE}{number}"]]
    ] or [Part(model, 1.0)]
