"""What a model's description must satisfy before any layer is made."""

from core.domain.models import BackboneSpec, ModelConfig
from core.errors import ConfigError
from core.models.catalogue import BACKBONES, HYBRID, WHOLE, backbone_names


def check(config: ModelConfig) -> None:
    _classes(config)
    if config.name == WHOLE:
        from core.models import whole_network

        check(whole_network.patch_config(config))
        whole_network.check(config)
        _head(config)
        return
    _backbones(config)
    for name in backbone_names(config):
        _size(config, BACKBONES.load(name))
    _head(config)


def _classes(config: ModelConfig) -> None:
    if len(config.classes) < 2 or len(set(config.classes)) < len(config.classes):
        raise ConfigError(
            f"A model tells two or more different classes apart. Received: {config.classes!r}. "
            "Name each class once."
        )


def _backbones(config: ModelConfig) -> None:
    if config.name != HYBRID:
        if config.backbones:
            raise ConfigError(
                f"Only a hybrid joins backbones. Received: {config.name} with "
                f"{', '.join(config.backbones)}. Choose the model {HYBRID!r}, or no backbones."
            )
        return
    chosen = backbone_names(config)
    if len(chosen) < 2 or len(set(chosen)) < len(chosen):
        raise ConfigError(
            f"A hybrid joins two or more different backbones. Received: {', '.join(chosen)}. "
            f"Choose from {', '.join(BACKBONES.names())}."
        )


def _size(config: ModelConfig, spec: BackboneSpec) -> None:
    size, step = (config.height, config.width), spec.size_multiple
    if any(side < spec.min_size or side % step for side in size):
        whole = f", in steps of {step}" if step > 1 else ""
        raise ConfigError(
            f"{spec.title} takes images of at least {spec.min_size}×{spec.min_size} pixels{whole}. "
            f"Received: {config.height}×{config.width}. Try {spec.default_size}×"
            f"{spec.default_size}."
        )


def _head(config: ModelConfig) -> None:
    head = config.head
    for name, value in (("dropout", head.dropout), ("feature dropout", head.feature_dropout)):
        if not 0 <= value < 1:
            raise ConfigError(f"The {name} is from 0 up to, not including, 1. Received: {value!r}.")
    if head.l2 < 0:
        raise ConfigError(f"The L2 penalty is 0 or more. Received: {head.l2!r}.")
    if any(units < 1 for units in head.dense):
        raise ConfigError(f"A dense layer has 1 or more units. Received: {head.dense!r}.")
