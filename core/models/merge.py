"""Where the branches of a hybrid meet: one stack of feature maps on one grid.

Merged before pooling, the maps of all branches can be explained as one, and average
pooling still gives exactly the features of each branch side by side.
"""

from typing import Any

from core.models.catalogue import MERGED


def merge(maps: dict[str, Any]) -> Any:
    """Finer maps are averaged down to the coarsest grid."""
    from keras import layers

    height = min(m.shape[1] for m in maps.values())
    width = min(m.shape[2] for m in maps.values())
    aligned = [_on_grid(m, height, width, f"{name}_grid") for name, m in maps.items()]
    return layers.Concatenate(name=MERGED)(aligned)


def _on_grid(maps: Any, height: int, width: int, name: str) -> Any:
    from core.models.layers import AreaResampling

    if tuple(maps.shape[1:3]) == (height, width):
        return maps
    return AreaResampling(height, width, name=name)(maps)
