"""A prepared dataset on disk: arrays plus a table, opened without reading the pixels.

<name>/images.npy       N×H×W, memory-mapped, uint8 or uint16
       index.parquet    row i describes image i
       dataset.json     DatasetInfo
       quarantine.csv   file, reason
       splits/<split>.parquet  image_id, part (and fold), with <split>.json beside it
"""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import paths
from core.domain.dataset import DatasetInfo, SplitInfo
from core.domain.preprocess import PreprocessSpec
from core.errors import DatasetError, NotFound

IMAGES, INDEX, INFO, QUARANTINE, SPLITS = (
    "images.npy",
    "index.parquet",
    "dataset.json",
    "quarantine.csv",
    "splits",
)

# The table's columns; a reader may leave out none, a case that does not say has a null.
COLUMNS = (
    "image_id",
    "patient_id",
    "group",  # patient, joined where copies of an image are found in two patients
    "source",
    "path",
    "part",
    "laterality",
    "view",
    "label",
    "pathology",
    "cancer",  # where the set tells cancer from no cancer
    "class",  # of the dataset's task
    "findings",  # JSON list, in source pixels
    "age",
    "density",
    "birads",
    "implant",
    "machine",
    "site",
    "exam",
    "extra",  # JSON object, what else the set's own table says
    "official_split",
    "source_rows",
    "source_columns",
    "spacing_mm",
    "to_source",  # nine numbers, row by row: from these pixels to the file's
    "mean",
    "maximum",
)


@dataclass(frozen=True)
class PreparedDataset:
    path: Path
    info: DatasetInfo

    @cached_property
    def index(self) -> pd.DataFrame:
        return pd.read_parquet(self.path / INDEX)

    @cached_property
    def images(self) -> NDArray[np.uint8] | NDArray[np.uint16]:
        array: NDArray[np.uint8] = np.load(self.path / IMAGES, mmap_mode="r", allow_pickle=False)
        return array

    @property
    def scale(self) -> float:
        """What stored values are divided by to lie in [0, 1]."""
        return float(np.iinfo(self.images.dtype).max)

    @property
    def targets(self) -> NDArray[np.int64]:
        """The class of each image as its place among `info.classes`."""
        place = {name: i for i, name in enumerate(self.info.classes)}
        return np.asarray(self.index["class"].map(place), dtype=np.int64)

    def split_names(self) -> list[str]:
        return sorted(path.stem for path in (self.path / SPLITS).glob("*.json"))

    def split(self, name: str) -> pd.Series:
        """The part (train, validation, test) of each row, in the order of the table."""
        return self.split_table(name)["part"]

    def split_table(self, name: str) -> pd.DataFrame:
        if name not in self.split_names():
            known = ", ".join(self.split_names()) or "none yet"
            raise NotFound(
                f"Dataset {self.info.name!r} has no split {name!r}. Its splits: {known}. "
                f"Make one with: python -m core split {self.info.name} --name NAME"
            )
        table = pd.read_parquet(self.path / SPLITS / f"{name}.parquet").set_index("image_id")
        return table.reindex(self.index["image_id"]).reset_index()

    def save_split(self, info: SplitInfo, table: pd.DataFrame) -> None:
        folder = self.path / SPLITS
        folder.mkdir(exist_ok=True)
        table.to_parquet(folder / f"{info.name}.parquet", index=False)
        (folder / f"{info.name}.json").write_text(json.dumps(asdict(info), indent=2))


def open_prepared(name: str | Path) -> PreparedDataset:
    """By name in the workspace, or by the path of its folder."""
    path = name if isinstance(name, Path) else paths.datasets() / name
    file = path / INFO
    if not file.is_file():
        known = ", ".join(prepared_names()) or "none yet"
        raise NotFound(f"There is no prepared dataset {str(name)!r}. Known: {known}.")
    try:
        raw = json.loads(file.read_text())
        raw["spec"] = PreprocessSpec.from_dict(raw["spec"])
        raw["classes"] = tuple(raw["classes"])
        return PreparedDataset(path, DatasetInfo(**raw))
    except (ValueError, TypeError, KeyError) as fault:
        raise DatasetError(f"{file} cannot be read: {fault}. Prepare the dataset again.") from None


def prepared_names() -> list[str]:
    return sorted(path.parent.name for path in paths.datasets().glob(f"*/{INFO}"))
