"""One image encoded for a viewer, with the outlines of its findings in whole steps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.datasets import findings
from core.datasets.prepared import PreparedDataset
from core.services import gallery
from core.services.gallery import Ring
from core.services.originals import Originals

# Outlines are given in eighths of a pixel, so that they stay smooth on small images.
FINE = 8
TALLEST = 2048
Outlines = tuple[list[list[int]], ...]


@dataclass(frozen=True)
class LargeView:
    image: str
    width: int
    height: int
    label: str
    outlines: Outlines


def prepared(dataset: PreparedDataset, row: int) -> LargeView:
    """As a model sees it."""
    about = dataset.index.iloc[row]
    grey = gallery.thumbnail(dataset, row, max(dataset.images.shape[1:]))
    return _view(grey, str(about["image_id"]), gallery.outlines(about))


def original(dataset: PreparedDataset, row: int) -> LargeView:
    """As its file has it, averaged down where it is larger than a screen."""
    about = dataset.index.iloc[row]
    mammogram = Originals(dataset).open(row, dataset.info.spec, TALLEST)
    to_here = np.linalg.inv(mammogram.to_source)
    found = gallery.found_in(about)
    rings = [gallery.moved(ring, to_here) for one in found for ring in findings.rings(one.shape)]
    return _view(gallery.levels(mammogram.pixels), str(about["image_id"]), rings)


def _view(grey: NDArray[np.uint8], name: str, rings: Sequence[Ring]) -> LargeView:
    height, width = grey.shape
    # The viewer adds half a step to reach the middle of a pixel of its own.
    outlines = tuple(
        [[round((x + 0.5) * FINE - 0.5), round((y + 0.5) * FINE - 0.5)] for x, y in ring]
        for ring in rings
    )
    source = gallery.data_address(grey, 94)
    return LargeView(source, width * FINE, height * FINE, f"Mammogram {name}", outlines)
