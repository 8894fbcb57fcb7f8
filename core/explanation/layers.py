"""Where in a model one may look: its usual layer, and in a hybrid each branch by itself."""

from typing import Any

from core.domain.models import BackboneSpec
from core.models.catalogue import BACKBONES, HYBRID, HYBRID_BACKBONES, MERGED
from core.models.ensemble import parts_of


def layer_choices(model: Any, config: dict[str, Any], usual: str) -> dict[str, str]:
    """Layer names with titles, the usual one first; `config` is a card's ModelConfig."""
    if config.get("name") != HYBRID or usual != MERGED:
        return {usual: "Where the model decides"}
    known = {layer.name for layer in parts_of(model)[0].model.layers}
    found = {usual: "All branches merged"}
    for name in config.get("backbones") or HYBRID_BACKBONES:
        spec: BackboneSpec = BACKBONES.load(name)
        layer = f"{name}_{spec.explanation_layer}"
        if layer in known:
            found[layer] = f"{spec.title} alone"
    return found
