"""MaxViT-nano: convolution, attention in windows and attention over a grid, in each block."""

from typing import Any

from core.domain.models import BackboneSpec
from core.errors import ConfigError

WIDTHS, DEPTHS, STEM, HEAD_WIDTH = (64, 128, 256, 512), (1, 2, 3, 1), (32, 64), 32

SPEC = BackboneSpec(
    name="maxvit_nano",
    title="MaxViT-nano",
    builder=f"{__name__}:build",
    channels=3,
    default_size=256,
    min_size=64,
    parameters=16_542_196,
    explanation_layer="norm",
    blocks=("stem", "stage1", "stage2", "stage3", "stage4", "norm"),
    source="Tu et al. 2022, arXiv:2204.01697; widths and depths of the nano in timm",
    expects="minus-one-one",
    size_multiple=32,
    options={"drop_path": 0.0},
)


def build(inputs: Any, *, drop_path: float = 0.0) -> Any:
    """`drop_path` is the chance, growing with depth, that a block is left out in training."""
    from keras import layers

    if not 0 <= drop_path < 1:
        raise ConfigError(f"drop_path is from 0 up to, not including, 1. Received: {drop_path!r}.")
    # Windows grow with the image, as in the paper: 7 at 224 pixels, 16 at 512.
    window = (inputs.shape[1] // 32, inputs.shape[2] // 32)
    x = layers.Conv2D(STEM[0], 3, strides=2, padding="same", name="stem_conv1")(inputs)
    x = _norm_act(x, "stem_norm")
    x = layers.Conv2D(STEM[1], 3, padding="same", name="stem_conv2")(x)
    done = 0
    for stage, (width, depth) in enumerate(zip(WIDTHS, DEPTHS, strict=True), 1):
        for block in range(depth):
            drop, name = drop_path * done / (sum(DEPTHS) - 1), f"stage{stage}_block{block + 1}"
            x = _block(x, width, 2 if block == 0 else 1, window, drop, name)
            done += 1
    return layers.LayerNormalization(epsilon=1e-6, name="norm")(x)


def _block(x: Any, width: int, stride: int, window: tuple[int, int], drop: float, name: str) -> Any:
    from keras import layers

    from core.models.attention import WindowAttention, feed_forward, residual

    x = _convolve(x, width, stride, drop, f"{name}_conv")
    for kind in ("block", "grid"):
        part = f"{name}_{kind}"
        y = layers.LayerNormalization(epsilon=1e-6, name=f"{part}_attention_norm")(x)
        y = WindowAttention(window, width // HEAD_WIDTH, kind, name=f"{part}_attention")(y)
        x = residual(x, y, drop, f"{part}_attention")
        x = feed_forward(x, drop, f"{part}_mlp")
    return x


def _convolve(x: Any, width: int, stride: int, drop: float, name: str) -> Any:
    """An inverted bottleneck, normalised first, with squeeze and excitation."""
    from keras import layers

    from core.models.attention import residual

    y = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_prenorm")(x)
    y = layers.Conv2D(4 * width, 1, use_bias=False, name=f"{name}_expand")(y)
    y = _norm_act(y, f"{name}_expand_norm")
    y = layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )(y)
    y = _norm_act(y, f"{name}_depthwise_norm")
    y = _excite(y, width // 4, f"{name}_excite")
    y = layers.Conv2D(width, 1, name=f"{name}_project")(y)
    return residual(_shortcut(x, width, stride, name), y, drop, name)


def _excite(x: Any, narrow: int, name: str) -> Any:
    from keras import layers

    y = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    y = layers.Conv2D(narrow, 1, activation="silu", name=f"{name}_narrow")(y)
    y = layers.Conv2D(x.shape[-1], 1, activation="sigmoid", name=f"{name}_widen")(y)
    return layers.Multiply(name=f"{name}_scale")([x, y])


def _shortcut(x: Any, width: int, stride: int, name: str) -> Any:
    from keras import layers

    if stride > 1:
        x = layers.AveragePooling2D(stride, padding="same", name=f"{name}_shortcut_pool")(x)
    if x.shape[-1] != width:
        x = layers.Conv2D(width, 1, name=f"{name}_shortcut")(x)
    return x


def _norm_act(x: Any, name: str) -> Any:
    from keras import layers

    x = layers.BatchNormalization(epsilon=1e-3, name=name)(x)
    return layers.Activation("gelu", name=f"{name}_gelu")(x)
