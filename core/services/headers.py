"""The headers of a dataset's files as one table, without anything that names a person."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydicom import uid

from core.datasets.prepared import PreparedDataset
from core.domain.images import ImageFacts
from core.errors import MammolensError
from core.preprocessing.decoding import read_facts
from core.preprocessing.decoding.dicom_file import open_dicom
from core.preprocessing.decoding.source import open_source
from core.services.header_facts import FACTS
from core.services.originals import Originals

TABLE = "headers.parquet"
SAMPLE = 200
Watch = Callable[[int, int], None]


def stored(dataset: PreparedDataset) -> pd.DataFrame | None:
    """The table of all files, once the command `headers` has been run."""
    file = dataset.path / TABLE
    return pd.read_parquet(file) if file.is_file() else None


def sample(dataset: PreparedDataset, most: int = SAMPLE) -> pd.DataFrame:
    """Of files spread evenly over the set, read at once."""
    return read(dataset, spread(len(dataset.index), most))


def spread(count: int, most: int) -> list[int]:
    step = max(1.0, count / most)
    return [int(place * step) for place in range(min(count, most))]


def read_all(dataset: PreparedDataset, watch: Watch = lambda done, total: None) -> pd.DataFrame:
    table = read(dataset, range(len(dataset.index)), watch)
    beside = dataset.path / f".{TABLE}"
    table.to_parquet(beside, index=False)
    beside.replace(dataset.path / TABLE)
    return table


def read(
    dataset: PreparedDataset, rows: Sequence[int], watch: Watch = lambda done, total: None
) -> pd.DataFrame:
    """One row a file; columns that no file fills are left out."""
    table = pd.DataFrame.from_records(list(_records(dataset, rows, watch)))
    return table.dropna(axis="columns", how="all")


def _records(
    dataset: PreparedDataset, rows: Sequence[int], watch: Watch
) -> Iterator[dict[str, Any]]:
    originals = Originals(dataset)
    names = dataset.index["image_id"].to_numpy()
    classes = dataset.index["class"].to_numpy()
    seen: dict[Path, dict[str, Any]] = {}
    for done, row in enumerate(rows, start=1):
        about = {"image_id": str(names[row]), "class": str(classes[row])}
        file = originals.file(row)
        if file is None:
            yield {**about, "format": "one array of many images"}
        else:
            # Patches of one image share its file.
            seen = seen if file in seen else {file: facts_of(file)}
            yield {**about, **seen[file]}
        watch(done, len(rows))


def facts_of(file: Path) -> dict[str, Any]:
    try:
        facts = read_facts(file)
        known: dict[str, Any] = {"format": facts.format, "age": facts.age}
        return {**known, **(_dicom(file) if facts.format == "DICOM" else _ordinary(facts))}
    except MammolensError as fault:
        return {"fault": str(fault)}


def _dicom(file: Path) -> dict[str, Any]:
    opened = open_dicom(open_source(file))
    facts = {fact.keyword: fact.read(opened.dataset, fact.keyword) for fact in FACTS}
    meta = getattr(opened.dataset, "file_meta", {})
    syntax = uid.UID(str(meta.get("TransferSyntaxUID") or opened.syntax))
    return {"syntax": _short(syntax.name), **facts}


def _short(syntax: str) -> str:
    """`JPEG Lossless` instead of the standard's full name, which no chart has room for."""
    return syntax.replace(" Image Compression", "").split(", Non-")[0].split(" (Process")[0]


def _ordinary(facts: ImageFacts) -> dict[str, Any]:
    colour = 3.0 if facts.colour else 1.0
    return {
        "Rows": float(facts.rows),
        "Columns": float(facts.columns),
        "BitsStored": float(facts.bits),
        "SamplesPerPixel": colour,
    }


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each fact: in how many files it stands, how many values, the commonest."""
    facts = table.drop(columns=["image_id", "class"], errors="ignore")
    rows = [_summed(name, facts[name]) for name in facts.columns]
    return pd.DataFrame(rows, columns=["fact", "share", "values", "commonest", "lowest", "highest"])


def _summed(name: str, column: "pd.Series[Any]") -> dict[str, Any]:
    known = column.dropna()
    number = pd.api.types.is_numeric_dtype(known)
    counts = known.value_counts()
    commonest = _plain(counts.index[0]) if len(counts) else ""
    return {
        "fact": name,
        "share": len(known) / max(1, len(column)),
        "values": len(counts),
        "commonest": commonest,
        "lowest": float(known.min()) if number and len(known) else None,
        "highest": float(known.max()) if number and len(known) else None,
    }


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
