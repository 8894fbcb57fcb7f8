"""Where a network's first weights come from: nowhere, ImageNet, a file, or an earlier run."""

import re
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from core import paths
from core.domain.models import ModelConfig
from core.errors import ConfigError, NotFound
from core.models.branches import Branch
from core.models.loading import load_model
from core.models.naming import settle
from core.models.transfer import copy_weights, transfer, weighted

RUN = "run:"
PATIENCE = 20.0  # seconds without an answer before a download is given up


def initialise(model: Any, config: ModelConfig, planned: tuple[Branch, ...]) -> tuple[str, ...]:
    """Returns a sentence for each source that weights were taken from."""
    notes = []
    if config.weights and not is_published(config.weights):
        notes.append(_whole(model, config.weights, planned))
    for branch in planned:
        own = branch.weights
        if own and (is_published(own) or own != config.weights):
            notes.append(_branch(model, branch, own))
    return tuple(notes)


def is_published(weights: str) -> bool:
    """A plain word such as `imagenet` is the name of published weights."""
    return re.fullmatch(r"[\w-]+", weights) is not None


def _whole(model: Any, weights: str, planned: tuple[Branch, ...]) -> str:
    if _is_model(weights):
        return _from_model(model, weights)
    path, before = _existing(weights), model.get_weights()
    try:
        # First as the file of all this model: part of that would pass for a bare backbone.
        _read(model, path, "this model")
    except ConfigError:
        model.set_weights(before)
        if len(planned) > 1:
            raise
        return _branch(model, planned[0], weights)
    return f"All weights were taken from {path.name}."


def _branch(model: Any, branch: Branch, weights: str) -> str:
    if _is_model(weights):
        return _from_model(model, weights, branch.prefix)
    published = is_published(weights)
    reference = _published(branch, weights) if published else _own(branch, weights)
    settle(reference.operations)
    _mend_efficientnet(reference)
    layers = weighted(reference)
    for layer in layers:
        copy_weights(layer, model.get_layer(branch.prefix + layer.name))
    source = weights if published else Path(weights).name
    return f"{branch.spec.title}: {len(layers)} layers were taken from {source}."


def _published(branch: Branch, weights: str) -> Any:
    spec = branch.spec
    if weights not in spec.pretrained:
        known = ", ".join(spec.pretrained) or "none"
        raise ConfigError(
            f"{spec.title} has no published weights {weights!r}. Known: {known}. "
            "Choose random initialisation, a weights file of your own, or another backbone."
        )
    try:
        with _patience():
            return _bare(branch, weights=weights)
    except ConfigError:
        raise
    except Exception as fault:  # get_file raises a bare Exception when the network is away
        raise ConfigError(
            f"The weights {weights!r} of {spec.title} could not be fetched: {_reason(fault)} "
            "Choose random initialisation, a weights file of your own, or another backbone "
            "whose weights are at hand."
        ) from fault


def _own(branch: Branch, weights: str) -> Any:
    reference = _bare(branch)
    _read(reference, _existing(weights), branch.spec.title)
    return reference


def _read(model: Any, path: Path, title: str) -> None:
    """Keras may leave layers out with no more than a warning, so what came in is checked."""
    before = {layer.name: layer.get_weights() for layer in weighted(model)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.load_weights(path)
    except Exception as fault:  # Keras and h5py raise many types for a file that does not fit
        raise _does_not_fit(path, title, fault) from fault
    if missing := [la.name for la in weighted(model) if _same(la.get_weights(), before[la.name])]:
        reason = ValueError(f"it holds nothing for {len(missing)} layers, such as {missing[0]}.")
        raise _does_not_fit(path, title, reason)


def _same(now: list[Any], before: list[Any]) -> bool:
    """Kernels start at random: one that did not change was not in the file."""
    kernels = [pair for pair in zip(now, before, strict=True) if pair[0].ndim >= 2]
    return any(np.array_equal(*pair) for pair in kernels)


def _bare(branch: Branch, **more: Any) -> Any:
    """The network alone, as its publishers store it; convolutions fit images of any size."""
    import keras

    size = branch.spec.default_size
    inputs = keras.Input((size, size, branch.spec.channels))
    return keras.Model(inputs, branch.wire(inputs, **more))


def _mend_efficientnet(reference: Any) -> None:
    """Its published files hold the standard deviation where the layer wants the variance.

    Keras makes up for it with one more layer, but only when it fetches the file itself.
    """
    deviation = (0.229, 0.224, 0.225)
    for layer in weighted(reference):
        if type(layer).__name__ == "Normalization":
            mean, variance, *count = layer.get_weights()
            if variance.shape == (3,) and np.allclose(variance, deviation, atol=1e-3):
                layer.set_weights([mean, variance**2, *count])


def _is_model(weights: str) -> bool:
    return weights.startswith(RUN) or weights.endswith(".keras")


def model_file(weights: str) -> Path:
    """Of a whole model: a run's, or a `.keras` file."""
    if not _is_model(weights):
        raise ConfigError(
            f"A whole model is named as {RUN}<id> or by the path of a .keras file. "
            f"Received: {weights!r}."
        )
    named = weights.startswith(RUN)
    return _run_model(weights.removeprefix(RUN)) if named else _existing(weights)


def _from_model(model: Any, weights: str, only: str = "") -> str:
    path = model_file(weights)
    source = weights if weights.startswith(RUN) else path.name
    result = transfer(load_model(path), model, only=only)
    if not result.taken:
        raise ConfigError(
            f"No layer of {source} fits {model.name}: no name and shape agree. "
            "Choose a run of the same network, or random initialisation."
        )
    return result.sentence(source)


def _run_model(run: str) -> Path:
    if not re.fullmatch(r"[\w.-]+", run) or run.startswith("."):
        raise ConfigError(f"A run is named as run:<id>. Received: run:{run}. Choose a listed run.")
    path = paths.runs() / run / "model.keras"
    if not path.is_file():
        raise NotFound(
            f"Run {run!r} has no finished model. Choose a run whose first epoch has ended."
        )
    return path


def _existing(weights: str) -> Path:
    path = Path(weights).expanduser()
    if path.suffix not in (".h5", ".keras"):
        raise ConfigError(
            f"A weights file ends in .weights.h5, .h5 or .keras. Received: {weights!r}. "
            f"Published weights are called by name, runs as {RUN}<id>."
        )
    if not path.is_file():
        raise NotFound(f"There is no weights file {weights!r}. Check the path.")
    return path


def _does_not_fit(path: Path, title: str, fault: Exception) -> ConfigError:
    return ConfigError(
        f"The weights file {path.name} does not fit {title}: {_reason(fault)} "
        "Choose the file of this very network and its options, or random initialisation."
    )


def _reason(fault: Exception) -> str:
    text = " ".join(str(fault).split()) or type(fault).__name__
    shapes = re.search(
        r"name=([\w-]+).*?variable\.shape=(\([^)]*\)), Received: value\.shape=(\([^)]*\))", text
    )
    if shapes:
        layer, wanted, received = shapes.groups()
        return f"layer {layer} has shape {wanted}, in the file {received}."
    counts = re.search(r"Layer '([\w-]+)' expected (\d+) variables, but received (\d+)", text)
    if counts:
        layer, wanted, received = counts.groups()
        return f"layer {layer} has {wanted} arrays of weights, in the file {received}."
    return text[:300].rstrip(". ") + "."


@contextmanager
def _patience() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        # Keras reports its downloads on standard output, which belongs to our own answers.
        with redirect_stdout(sys.stderr):
            yield
    finally:
        socket.setdefaulttimeout(before)
