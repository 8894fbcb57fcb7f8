"""The files behind a prepared dataset: where an image came from, opened again as it was."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.datasets.base import PixelSource, Reader, open_reader
from core.datasets.framing import from_array
from core.datasets.gather import source_names
from core.datasets.prepared import PreparedDataset
from core.domain.cases import Case
from core.domain.dataset import Source
from core.domain.images import Mammogram
from core.domain.preprocess import PreprocessSpec
from core.errors import DatasetError
from core.services.decoding import decode_for


class Originals:
    """Readers are opened once, so that asking for many rows is quick."""

    def __init__(self, dataset: PreparedDataset) -> None:
        self.dataset = dataset
        self._readers: dict[str, Reader] = {}

    def pixels(self, row: int) -> PixelSource:
        about = self.dataset.index.iloc[row]
        return self._reader(str(about["source"])).pixels(_case(about))

    def file(self, row: int) -> Path | None:
        """None for an image that is one of many in its file."""
        if self.dataset.index["part"].notna().iloc[row]:
            return None
        found = self.pixels(row)
        return found if isinstance(found, Path) else None

    def open(self, row: int, spec: PreprocessSpec, tallest: int | None = None) -> Mammogram:
        """The image as its file has it, at the height that the spec works at, or another."""
        found = self.pixels(row)
        spec = replace(spec, working_height=tallest) if tallest else spec
        return from_array(found) if isinstance(found, np.ndarray) else decode_for(found, spec)

    def _reader(self, name: str) -> Reader:
        if name not in self._readers:
            source = sources(self.dataset)[name]
            root = Path(source.root)
            if not root.exists():
                raise DatasetError(
                    f"The folder {root}, from which this dataset was prepared, is gone. Bring it "
                    "back to see its files; the prepared images are not touched."
                )
            self._readers[name] = open_reader(source.format, root, source.options)
        return self._readers[name]


def sources(dataset: PreparedDataset) -> dict[str, Source]:
    """By the name that the table's column `source` uses."""
    kept = [Source(**raw) for raw in dataset.info.options.get("sources", ())]
    if not kept:
        kept = [Source(dataset.info.format, dataset.info.root)]
    return dict(zip(source_names([one.format for one in kept]), kept, strict=True))


def _case(about: "pd.Series[Any]") -> Case:
    """As much of a case as a reader needs to find its pixels."""
    part = about["part"]
    return Case(
        image_id=str(about["image_id"]),
        patient_id=str(about["patient_id"]),
        source=str(about["source"]),
        path=str(about["path"]),
        part=None if pd.isna(part) else int(part),
    )
