"""A patch classifier as part of a whole-image network that goes on learning (systems C and E).

The classifier is made fully convolutional, so its answers at every place of the image are a
map; a head over that map answers for the image. Shen et al. 2019, arXiv:1708.09427.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.models import LOGITS, HeadConfig, ModelConfig
from core.errors import ConfigError
from core.models import head
from core.models.catalogue import CLASS_MAP, WHOLE, listing
from core.models.fully_convolutional import convert
from core.models.loading import load_model
from core.models.transfer import transfer
from core.models.weights import model_file

if TYPE_CHECKING:
    import keras

PATCH = "patch"  # the option that describes the patch classifier
PREFIX = "patch_"
# With a map of probabilities below, the first answers are those of its most telling places.
FIRST_WEIGHT = 4.0
USUAL_CLASSES = ("normal", "benign", "malignant")


def patch_config(config: ModelConfig) -> ModelConfig:
    """The patch classifier inside; system E's where nothing is said."""
    raw = config.options.get(PATCH)
    if unknown := sorted(set(config.options) - {PATCH}):
        raise ConfigError(f"{WHOLE} has no option {unknown[0]!r}. Allowed: {PATCH}.")
    if raw is None:
        return ModelConfig("patch_cnn", 50, 50, USUAL_CLASSES, head=listing("patch_cnn").head)
    try:
        given = {**raw, "head": HeadConfig(**_tuples(raw.get("head", {}), "dense"))}
        return ModelConfig(**{**_tuples(given, "classes", "backbones"), "weights": None})
    except (TypeError, AttributeError) as fault:
        raise ConfigError(f"The option {PATCH!r} describes no network: {fault}.") from None


def _tuples(raw: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: tuple(value) if key in names else value for key, value in raw.items()}


def described(weights: str | None) -> dict[str, Any] | None:
    """How the network whose weights these are was built, as its run or its card says."""
    if not weights:
        return None
    folder = model_file(weights).parent
    for name, keys in (("config.json", ("training", "model")), ("card.json", ("model",))):
        found = _read(folder / name, keys)
        inside = found.get("options", {}).get(PATCH) if found.get("name") == WHOLE else found
        if inside:
            return dict(inside)
    return None


def _read(file: Path, keys: tuple[str, ...]) -> dict[str, Any]:
    """Empty where the file is not there or is none of ours."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        for key in keys:
            found = found[key]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def check(config: ModelConfig) -> None:
    patch = patch_config(config)
    if config.height < patch.height or config.width < patch.width:
        raise ConfigError(
            f"A whole image is at least as large as a patch, {patch.height}×{patch.width} pixels. "
            f"Received: {config.height}×{config.width}. Prepare the dataset with a larger size."
        )


def assemble(config: ModelConfig, build: Any) -> tuple["keras.Model", tuple[str, ...]]:
    """`build` makes the patch classifier from its description."""
    patch = build(replace(patch_config(config), weights=None))
    source = load_model(model_file(config.weights)) if config.weights else None
    continued = source is not None and CLASS_MAP in {layer.name for layer in source.layers}
    notes: tuple[str, ...] = ()
    if source is not None and not continued:
        notes = (_taken(source, patch, str(config.weights)),)
    model = _wire(config, convert(patch, (config.height, config.width)))
    if continued:
        notes = (transfer(source, model).sentence(str(config.weights)),)
    if source is None:
        notes = ("The patch classifier inside starts from random weights.",)
    return model, notes


def _taken(source: Any, patch: Any, weights: str) -> str:
    found = transfer(source, patch)
    if found.left:
        raise ConfigError(
            f"The patch classifier in {weights} is another network than the one described: nothing "
            f"fits {', '.join(found.left[:3])}. Give model.options.patch as its run has it."
        )
    return found.sentence(weights)


def _wire(config: ModelConfig, inside: Any) -> "keras.Model":
    import keras

    for operation in inside.operations:
        if not isinstance(operation, keras.layers.InputLayer):
            operation.name = PREFIX + operation.name
    maps = keras.layers.Activation("linear", dtype="float32", name=CLASS_MAP)(inside.output)
    outputs = head.attach(maps, config.head, len(config.classes))
    model = keras.Model(inside.input, outputs, name=config.name)
    _begin_with_the_map(model, config)
    return model


def _begin_with_the_map(model: Any, config: ModelConfig) -> None:
    """Where the map has the image's classes, each answer starts from its own."""
    dense = model.get_layer(LOGITS)
    kernel, bias = dense.get_weights()
    if not config.head.dense and kernel.shape[0] == kernel.shape[1]:
        dense.set_weights([np.eye(len(kernel), dtype=np.float32) * FIRST_WEIGHT, bias * 0])
