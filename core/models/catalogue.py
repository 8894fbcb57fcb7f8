"""What can be built: the registered backbones, the hybrid that joins them, and their state."""

from dataclasses import dataclass

from core.domain.models import BackboneSpec, HeadConfig, ModelConfig
from core.registry import Registry

HYBRID = "hybrid"
MERGED = "merged_features"
HYBRID_BACKBONES = ("densenet121", "resnet50")  # as system A has it

BACKBONES: Registry[BackboneSpec] = Registry(
    "core.models.backbones", "SPEC", "backbone", spell=lambda stem: stem
)


@dataclass(frozen=True)
class Listing:
    """One line of a menu. `parameters` is without a head; None where it depends."""

    name: str
    title: str
    summary: str
    pretrained: tuple[str, ...]
    default_size: int
    min_size: int
    size_multiple: int
    parameters: int | None
    head: HeadConfig


def names() -> list[str]:
    return [*BACKBONES.names(), HYBRID]


def listings() -> list[Listing]:
    """Every model that can be built, without importing a deep-learning library."""
    return [listing(name) for name in names()]


def listing(name: str) -> Listing:
    if name == HYBRID:
        return _hybrid()
    entry = BACKBONES.entry(name)
    spec = entry.load()
    return Listing(
        name=name,
        title=spec.title,
        summary=entry.summary,
        pretrained=spec.pretrained,
        default_size=spec.default_size,
        min_size=spec.min_size,
        size_multiple=spec.size_multiple,
        parameters=spec.parameters,
        head=spec.head,
    )


def _hybrid() -> Listing:
    return Listing(
        name=HYBRID,
        title="Hybrid of several backbones",
        summary="The feature maps of two or more backbones side by side, explained together.",
        pretrained=("imagenet",),
        default_size=224,
        min_size=32,
        size_multiple=1,
        parameters=None,
        head=HeadConfig(dense=(512, 256, 64), dropout=0.3),
    )


def backbone_names(config: ModelConfig) -> tuple[str, ...]:
    if config.name == HYBRID:
        return config.backbones or HYBRID_BACKBONES
    return (config.name,)


def explanation_layer(config: ModelConfig) -> str:
    """The layer whose maps show best what the model looked at."""
    if config.name == HYBRID:
        return MERGED
    return BACKBONES.load(config.name).explanation_layer
