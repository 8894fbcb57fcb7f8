"""Near-duplicates of training images among the cases that are judged, kept once searched.

Within one dataset its own leakage check is used. Across two, their images are searched
together: turned, cropped, recompressed or brightened copies are found as well.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import paths
from core.datasets.leakage.check import SEARCH_VERSION, find_copies, pixel_aspects
from core.datasets.leakage.search import search
from core.datasets.prepared import PreparedDataset
from core.training.atomic import replacing

Rows = NDArray[np.int64]
Pair = tuple[str, str]
Watcher = Callable[[int, int], None]


@dataclass(frozen=True)
class _Together:
    """The judged images, then the ones learned from."""

    judged: PreparedDataset
    rows: Rows
    training: PreparedDataset
    learned: Rows

    def __len__(self) -> int:
        return len(self.rows) + len(self.learned)

    def _place(self, number: int) -> tuple[PreparedDataset, int]:
        if number < len(self.rows):
            return self.judged, int(self.rows[number])
        return self.training, int(self.learned[number - len(self.rows)])

    def image(self, number: int) -> NDArray[Any]:
        dataset, row = self._place(number)
        return np.asarray(dataset.images[row])

    def aspect(self, number: int) -> float:
        dataset, row = self._place(number)
        return float(pixel_aspects(dataset.index.iloc[[row]])[0])

    def name(self, number: int) -> str:
        dataset, row = self._place(number)
        return str(dataset.index["image_id"].iloc[row])


def search_across(
    judged: PreparedDataset,
    rows: Rows,
    training: PreparedDataset,
    learned: Rows,
    watch: Watcher = lambda done, total: None,
) -> list[Pair]:
    """A judged image and the training image it shows again."""
    if judged.path == training.path:
        table = find_copies(judged, watch=lambda _stage, done, total: watch(done, total))
        return _of_pairs(judged, table, rows, learned)
    together = _Together(judged, rows, training, learned)
    found = search(together, watch=lambda _stage, done, total: watch(done, total))
    pairs = set()
    for match in found:
        first, second = sorted((match.one, match.other))
        if first < len(rows) <= second:
            pairs.add((together.name(first), together.name(second)))
    _keep(_file(judged, rows, training, learned), sorted(pairs))
    return sorted(pairs)


def known_across(
    judged: PreparedDataset, rows: Rows, training: PreparedDataset, learned: Rows
) -> list[Pair] | None:
    """What an earlier search found; None before any."""
    try:
        table = pd.read_parquet(_file(judged, rows, training, learned))
    except (OSError, ValueError):
        return None
    return list(zip(table["judged"], table["learned"], strict=True))


def _of_pairs(data: PreparedDataset, table: pd.DataFrame, rows: Rows, learned: Rows) -> list[Pair]:
    names = data.index["image_id"]
    own, known = set(names.iloc[rows]), set(names.iloc[learned])
    both = [*zip(table["one"], table["other"], strict=True)]
    both += [(other, one) for one, other in both]
    return sorted({(str(a), str(b)) for a, b in both if a in own and b in known})


def _file(judged: PreparedDataset, rows: Rows, training: PreparedDataset, learned: Rows) -> Path:
    about = [SEARCH_VERSION, judged.info.checksums, training.info.checksums]
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    digest.update(rows.tobytes())
    digest.update(learned.tobytes())
    return paths.cache() / "copies" / f"{digest.hexdigest()[:32]}.parquet"


def _keep(file: Path, pairs: list[Pair]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame(pairs, columns=["judged", "learned"])
    with replacing(file, lasting=False) as target:
        table.to_parquet(target, index=False)
