"""Writes the table of a prepared dataset from its journal, a slice at a time."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.datasets.journal import Entry
from core.datasets.prepared import COLUMNS

ROWS_AT_ONCE = 20_000
TYPES: dict[str, pa.DataType] = {
    "part": pa.int64(),
    "cancer": pa.bool_(),
    "implant": pa.bool_(),
    "age": pa.float64(),
    "source_rows": pa.int64(),
    "source_columns": pa.int64(),
    "spacing_mm": pa.float64(),
    "to_source": pa.list_(pa.float64()),
    "mean": pa.float64(),
    "maximum": pa.float64(),
}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in COLUMNS])


def write_index(path: Path, entries: Iterable[Entry], groups: Mapping[str, str]) -> None:
    rows = (_completed(row, groups) for entry in entries for row in entry.rows)
    beside = path.with_name(f".{path.name}.part")
    with pq.ParquetWriter(beside, SCHEMA) as writer:
        while part := list(islice(rows, ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(part, schema=SCHEMA))
    beside.replace(path)


def _completed(row: dict[str, Any], groups: Mapping[str, str]) -> dict[str, Any]:
    return {
        **row,
        "group": groups.get(row["patient_id"], row["patient_id"]),
        "extra": json.dumps(row["extra"]),
    }


def write_quarantine(path: Path, entries: Iterable[Entry]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(("file", "reason"))
        lines.writerows(_faults(entries))


def _faults(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    return ((entry.path, entry.reason) for entry in entries if entry.reason)
