"""One way from a model's description to a network, for training, tests and bundles alike."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.domain.models import ModelConfig
from core.models import branches, head, stem, whole_network
from core.models.catalogue import HYBRID, WHOLE, explanation_layer
from core.models.checks import check
from core.models.merge import merge
from core.models.weights import initialise

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Built:
    """`notes` are sentences on where the weights came from."""

    model: "keras.Model"
    explanation_layer: str
    notes: tuple[str, ...] = ()


def build(config: ModelConfig, *, seed: int | None = None) -> "keras.Model":
    """Grey in [0, 1] of (height, width, 1) in; layers `logits` and `probability` at the end."""
    return assemble(config, seed=seed).model


def assemble(config: ModelConfig, *, seed: int | None = None) -> Built:
    check(config)
    if config.name == WHOLE:
        with drawn_from(seed):
            model, told = whole_network.assemble(config, build)
        return Built(model, explanation_layer(config), told)
    planned = branches.plan(config)
    with drawn_from(seed):
        model = _wire(config, planned)
    notes = initialise(model, config, planned)
    for note in notes:
        log.info(note)
    return Built(model, explanation_layer(config), notes)


def _wire(config: ModelConfig, planned: tuple[branches.Branch, ...]) -> "keras.Model":
    import keras

    image = keras.Input((config.height, config.width, 1), name="image")
    maps = feature_maps(image, image, config, planned)
    outputs = head.attach(maps, config.head, len(config.classes))
    return keras.Model(image, outputs, name=config.name)


def feature_maps(
    root: Any, image: Any, config: ModelConfig, planned: tuple[branches.Branch, ...]
) -> Any:
    """What the backbones see in grey images; `root` is the model's input they stem from."""
    coloured = any(branch.spec.channels == 3 for branch in planned)
    colour = stem.to_colour(image, config.stem) if coloured else image
    maps = {
        b.spec.name: branches.grow(root, colour if b.spec.channels == 3 else image, b)
        for b in planned
    }
    return merge(maps) if config.name == HYBRID else maps[config.name]


@contextmanager
def drawn_from(seed: int | None) -> Iterator[None]:
    """Keras draws the seed of every initialiser from `random`; others' numbers stay theirs."""
    if seed is None:
        yield
        return
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
