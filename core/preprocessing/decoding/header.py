"""A DICOM header read with patience: values may be missing, empty, lists or nonsense."""

import re
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import UID


def first(value: Any) -> Any:
    """The first of several values, None for an empty one."""
    if isinstance(value, str | bytes) or not hasattr(value, "__len__"):
        return value
    return value[0] if len(value) else None


def value(header: Dataset, name: str) -> Any:
    try:
        return header.get(name)
    except Exception:  # a converter may fail in any way on nonsense
        return None


def text(header: Dataset, name: str) -> str | None:
    found = first(value(header, name))
    return str(found).strip() or None if found is not None else None


def number(header: Dataset, name: str) -> float | None:
    try:
        return float(first(value(header, name)))
    except (TypeError, ValueError):
        return None


def whole(header: Dataset, name: str, default: int) -> int:
    found = number(header, name)
    return default if found is None else int(found)


def items(header: Dataset, name: str) -> list[Dataset]:
    found = value(header, name)
    return [item for item in found if isinstance(item, Dataset)] if found else []


def functional(header: Dataset, macro: str, name: str) -> Dataset:
    """The part that holds `name`: the header itself, or the groups of an enhanced image."""
    if name in header:
        return header
    shared = items(header, "SharedFunctionalGroupsSequence")[:1]
    for group in shared + items(header, "PerFrameFunctionalGroupsSequence")[:1]:
        for part in items(group, macro):
            if name in part:
                return part
    return header


def uid_name(found: Any) -> str:
    """A damaged header may hold anything where a UID should be: that is not repeated."""
    text = str(first(found) or "")
    return str(UID(text).name) if re.fullmatch(r"[0-9.]{1,64}", text) else ""
