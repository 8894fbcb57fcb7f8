"""Which networks can be trained, for a form that offers them."""

from core.models import catalogue


def titles() -> dict[str, str]:
    """What a person reads for each model that can be built."""
    return {one.name: one.title for one in catalogue.listings()}


def joinable() -> list[str]:
    """The networks that a hybrid may join."""
    return catalogue.BACKBONES.names()


def usually_joined() -> list[str]:
    return list(catalogue.HYBRID_BACKBONES)


def published_weights(model: str) -> tuple[str, ...]:
    return catalogue.listing(model).pretrained
