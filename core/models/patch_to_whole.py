"""From a patch classifier to a map of the whole mammogram, without training again (system E).

The exact mode asks the patch model about every tile. The fast mode runs the whole image
once through the same weights: equal for networks that never pad, close for others,
and `deviation` says how close.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, InputError
from core.models.fully_convolutional import convert, is_exact, stride_of

__all__ = ["ClassMap", "Deviation", "class_map", "convert", "deviation", "is_exact"]

Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class ClassMap:
    """`values` is rows × columns × classes; entry (i, j) speaks of the tile whose first

    pixel is (i · stride, j · stride) and whose size is `patch`.
    """

    values: Probabilities
    patch: tuple[int, int]
    stride: int

    def on_image(self, height: int, width: int) -> Probabilities:
        """For each pixel, the mean over the tiles that cover it; 0 where none does."""
        rows, columns, classes = self.values.shape
        marks = np.zeros((height + 1, width + 1, classes + 1))
        counted = np.concatenate([self.values, np.ones((rows, columns, 1))], axis=-1)
        tops, lefts = np.arange(rows) * self.stride, np.arange(columns) * self.stride
        for down, across, sign in ((0, 0, 1), (0, 1, -1), (1, 0, -1), (1, 1, 1)):
            places = np.ix_(tops + down * self.patch[0], lefts + across * self.patch[1])
            marks[places] += sign * counted
        sums = marks.cumsum(axis=0).cumsum(axis=1)[:height, :width]
        return np.asarray(sums[..., :-1] / np.maximum(sums[..., -1:].round(), 1), np.float32)


@dataclass(frozen=True)
class Deviation:
    """How far the fast map is from the exact one, in probability, and how often the

    likeliest class is the same.
    """

    largest: float
    mean: float
    agreement: float


def class_map(
    patch_model: Any,
    image: NDArray[np.float32],
    *,
    stride: int | None = None,
    mode: Literal["exact", "fast"] = "exact",
    whole: Any = None,
    batch: int = 64,
) -> ClassMap:
    """`image` is H×W grey in [0, 1]; `stride` defaults to half a patch.

    The fast mode rebuilds the model unless `whole` is given, what `convert` made of it.
    """
    patch: tuple[int, int] = patch_model.input_shape[1:3]
    if image.ndim != 2 or image.shape[0] < patch[0] or image.shape[1] < patch[1]:
        raise InputError(
            f"A class map needs a grey image of at least {patch[0]}×{patch[1]} pixels, the size of "
            f"a patch. Received: {image.shape}. Give a larger image."
        )
    step = usual_stride(patch_model) if stride is None else stride
    if step < 1:
        raise ConfigError(f"The stride is 1 pixel or more. Received: {stride!r}.")
    if mode == "exact":
        values = _tiled(patch_model, image, patch, step, batch)
    else:
        values = _fast(whole or convert(patch_model), image, patch, step)
    return ClassMap(_every_class(values), patch, step)


def usual_stride(patch_model: Any) -> int:
    """Half a patch, so that every place is seen by several tiles."""
    height, width = patch_model.input_shape[1:3]
    return max(1, int(min(height, width)) // 2)


def deviation(
    patch_model: Any, image: NDArray[np.float32], *, stride: int | None = None
) -> Deviation:
    exact = class_map(patch_model, image, stride=stride).values
    fast = class_map(patch_model, image, stride=stride, mode="fast").values
    apart = np.abs(exact - fast)
    same = exact.argmax(axis=-1) == fast.argmax(axis=-1)
    return Deviation(float(apart.max()), float(apart.mean()), float(same.mean()))


def _tiled(
    model: Any, image: NDArray[np.float32], patch: tuple[int, int], step: int, batch: int
) -> Probabilities:
    windows = np.lib.stride_tricks.sliding_window_view(image, patch)[::step, ::step]
    rows, columns = windows.shape[:2]
    places = [divmod(number, columns) for number in range(rows * columns)]
    answers = []
    for start in range(0, len(places), batch):
        # Tiles are copied a batch at a time: all at once would be the image many times over.
        chosen = np.stack([windows[place] for place in places[start : start + batch]])
        answers.append(_predict(model, chosen[..., None]))
    return np.concatenate(answers).reshape(rows, columns, -1)


def _fast(
    whole: Any, image: NDArray[np.float32], patch: tuple[int, int], step: int
) -> Probabilities:
    """Positions between the network's own stride come from shifting the image under it."""
    down, across = stride_of(whole)
    rows = (image.shape[0] - patch[0]) // step + 1
    columns = (image.shape[1] - patch[1]) // step + 1
    classes = whole.output_shape[-1]
    values = np.zeros((rows, columns, classes), np.float32)
    for top in sorted({row * step % down for row in range(rows)}):
        for left in sorted({column * step % across for column in range(columns)}):
            answer = _predict(whole, image[None, top:, left:, None])[0]
            mine = [row for row in range(rows) if row * step % down == top]
            yours = [column for column in range(columns) if column * step % across == left]
            at = np.ix_([r * step // down for r in mine], [c * step // across for c in yours])
            values[np.ix_(mine, yours)] = answer[at]
    return values


def _predict(model: Any, batch: NDArray[np.float32]) -> Probabilities:
    from keras import ops

    return np.asarray(ops.convert_to_numpy(model(batch, training=False)), np.float32)


def _every_class(values: Probabilities) -> Probabilities:
    """One output speaks of the second of two classes."""
    return np.concatenate([1 - values, values], axis=-1) if values.shape[-1] == 1 else values
