"""Vision transformer ViT-Ti/16: 16-pixel patches, twelve blocks, read out by their average.

Read out by a class token, the last block's patches would get no gradient at all and
nothing could be explained; the average of all patches lets each of them be heard.
"""

from typing import Any

from core.domain.models import BackboneSpec

SPEC = BackboneSpec(
    name="vit_tiny",
    title="Vision transformer ViT-Ti/16",
    builder=f"{__name__}:build",
    channels=3,
    default_size=224,
    min_size=32,
    parameters=5_486_400,
    explanation_layer="token_grid",
    blocks=("patches", *(f"block{n}" for n in range(1, 13)), "norm"),
    source="Dosovitskiy et al. 2020, arXiv:2010.11929; Beyer et al. 2022, arXiv:2205.01580",
    expects="minus-one-one",
    size_multiple=16,
    options={"width": 192, "depth": 12, "heads": 3, "drop_path": 0.0},
)


def build(
    inputs: Any, *, width: int = 192, depth: int = 12, heads: int = 3, drop_path: float = 0.0
) -> Any:
    """`drop_path` is the chance, growing with depth, that a block is left out in training."""
    from keras import layers

    from core.models.attention import SineCosinePositions, feed_forward, residual

    grid = layers.Conv2D(width, 16, strides=16, name="patches")(inputs)
    grid = SineCosinePositions(name="positions")(grid)
    rows, columns = grid.shape[1:3]
    x = layers.Reshape((rows * columns, width), name="tokens")(grid)
    for block in range(depth):
        drop, name = drop_path * block / max(1, depth - 1), f"block{block + 1}"
        y = layers.LayerNormalization(epsilon=1e-6, name=f"{name}_attention_norm")(x)
        y = layers.MultiHeadAttention(heads, width // heads, name=f"{name}_attention")(y, y)
        x = residual(x, y, drop, f"{name}_attention")
        x = feed_forward(x, drop, f"{name}_mlp")
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    return layers.Reshape((rows, columns, width), name="token_grid")(x)
