"""How large a pixel is in the breast, told or assumed."""

from core.domain.images import ImageFacts
from core.domain.preprocess import ScaleSpec, Unit

# What most receptors are high, for the images that do not say how large a pixel is.
ASSUMED_HEIGHT_MM = 240.0
ASSUMED = "The image does not say how large a pixel is; its height is taken as 240 mm."


def factors(facts: ImageFacts, scale: ScaleSpec) -> tuple[float, float]:
    """Stored pixels per model pixel, across and down."""
    if scale.unit is Unit.SOURCE_PIXELS:
        return scale.per_pixel, scale.per_pixel
    row, column = facts.spacing_mm or (ASSUMED_HEIGHT_MM / facts.rows,) * 2
    return scale.per_pixel / column, scale.per_pixel / row
