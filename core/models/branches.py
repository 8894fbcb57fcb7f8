"""The backbones of a model, each grown from the image with names of its own."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from core.domain.models import BackboneSpec, ModelConfig
from core.errors import ConfigError
from core.models import stem
from core.models.catalogue import BACKBONES, HYBRID, WHOLE, backbone_names
from core.models.naming import settle


@dataclass(frozen=True)
class Branch:
    """`options` are the builder's; `weights` is where this backbone's weights come from."""

    spec: BackboneSpec
    options: dict[str, Any]
    weights: str | None
    prefix: str

    def wire(self, inputs: Any, **more: Any) -> Any:
        module, _, function = self.spec.builder.partition(":")
        builder = getattr(import_module(module), function)
        try:
            return builder(inputs, **self.options, **more)
        except (TypeError, ValueError) as fault:
            raise ConfigError(
                f"{self.spec.title} cannot be built with {self.options}: "
                f"{' '.join(str(fault).split())[:300]} Change the options."
            ) from fault


def plan(config: ModelConfig) -> tuple[Branch, ...]:
    """A hybrid's options are keyed by backbone and may hold `weights` of its own.

    Inside a whole-image network is a patch classifier, which is given weights as a whole.
    """
    if config.name == WHOLE:
        from core.models.whole_network import patch_config

        return plan(patch_config(config))
    joined, names = config.name == HYBRID, backbone_names(config)
    if joined and (unknown := sorted(set(config.options) - set(names))):
        raise ConfigError(
            f"A hybrid's options are keyed by backbone. Received: {unknown[0]!r}. "
            f"Allowed: {', '.join(names)}."
        )
    branches = []
    for name in names:
        spec = BACKBONES.load(name)
        options = dict(config.options.get(name, {}) if joined else config.options)
        weights = options.pop("weights", config.weights) if joined else config.weights
        _known(spec, options)
        branches.append(Branch(spec, options, weights, f"{name}_" if joined else ""))
    return tuple(branches)


def _known(spec: BackboneSpec, options: dict[str, Any]) -> None:
    if unknown := sorted(set(options) - set(spec.options)):
        allowed = ", ".join(spec.options) or "none"
        raise ConfigError(
            f"{spec.title} has no option {unknown[0]!r}. Allowed: {allowed}. Remove it."
        )


def grow(root: Any, start: Any, branch: Branch) -> Any:
    """The feature maps of one backbone; its layers are named and obey freezing.

    `root` is the model's input, `start` the picture as the backbone takes it.
    """
    import keras

    before = {id(o) for o in keras.Model(root, [root, start]).operations}
    maps = branch.wire(stem.normalised(start, branch.spec))
    own = [o for o in keras.Model(root, maps).operations if id(o) not in before]
    settle(own, branch.prefix)
    make_freezable(own)
    return maps


def make_freezable(operations: list[Any]) -> None:
    """Keras builds these networks with its own dropout, which ignores `trainable`."""
    import keras

    from core.models.layers import FreezableDropout

    for operation in operations:
        if type(operation) is keras.layers.Dropout:
            operation.__class__ = FreezableDropout
