"""How much room a disk has, asked before what would fill it is begun."""

import shutil
from pathlib import Path

from core.errors import InputError


def free_bytes(place: Path) -> int:
    """On the disk of a file or folder that is there, or will be."""
    there = next(part for part in (place, *place.absolute().parents) if part.exists())
    return shutil.disk_usage(there).free


def demand_room(place: Path, needed: int, work: str, remedy: str) -> None:
    """Refuses the work with a sentence where the disk would be full before it is done."""
    free = free_bytes(place)
    if needed > free:
        raise InputError(
            f"{work} needs {amount(needed)} on the disk of {place}, which has {amount(free)} free. "
            f"{remedy}"
        )


def amount(count: int) -> str:
    return f"{count / 1e9:,.3g} GB" if count >= 1e9 else f"{count / 1e6:,.3g} MB"
