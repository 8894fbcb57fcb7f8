"""What can be built: the registered backbones, the hybrid that joins them, and their state."""

from dataclasses import dataclass

from core.domain.models import BackboneSpec, HeadConfig, ModelConfig
from core.registry import Registry

HYBRID = "hybrid"
MERGED = "merged_features"
# A patch classifier over a whole image, and the reading of several images one after another.
WHOLE, CLASS_MAP = "patch_to_whole", "class_map"
SEQUENCE = "sequence"
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


# What is made of backbones: its size and parameters are theirs.
JOINED = {
    made.name: made
    for made in (
        Listing(
            name=WHOLE,
            title="Patch classifier over whole images",
            summary="A patch classifier's map of the whole image, with a head over it; starts from "
            "a run on patches.",
            pretrained=(),
            default_size=512,
            min_size=50,
            size_multiple=1,
            parameters=None,
            head=HeadConfig(pooling="gem"),
        ),
        Listing(
            name=SEQUENCE,
            title="All views of a patient",
            summary="Views and earlier exams read one after the other with what is known of the "
            "patient; an answer for each breast.",
            pretrained=(),
            default_size=256,
            min_size=32,
            size_multiple=1,
            parameters=None,
            head=HeadConfig(),
        ),
        Listing(
            name=HYBRID,
            title="Hybrid of several backbones",
            summary="The feature maps of two or more backbones side by side, explained together.",
            pretrained=("imagenet",),
            default_size=224,
            min_size=32,
            size_multiple=1,
            parameters=None,
            head=HeadConfig(dense=(512, 256, 64), dropout=0.3),
        ),
    )
}


def names() -> list[str]:
    return [*BACKBONES.names(), WHOLE, SEQUENCE, HYBRID]


def listings() -> list[Listing]:
    """Every model that can be built, without importing a deep-learning library."""
    return [listing(name) for name in names()]


def listing(name: str) -> Listing:
    if name in JOINED:
        return JOINED[name]
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


def backbone_names(config: ModelConfig) -> tuple[str, ...]:
    if config.name == HYBRID:
        return config.backbones or HYBRID_BACKBONES
    return (config.name,)


def explanation_layer(config: ModelConfig) -> str:
    """The layer whose maps show best what the model looked at."""
    if config.name == HYBRID:
        return MERGED
    if config.name == WHOLE:
        return CLASS_MAP
    return BACKBONES.load(config.name).explanation_layer
