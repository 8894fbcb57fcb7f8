"""Where a command writes to: refused when it is named, not after an hour of work."""

import argparse
import os
from pathlib import Path

from core.errors import InputError


def new_file(text: str) -> Path:
    """For `type=` of an argument. A file that is there is written over."""
    file = Path(text)
    try:
        if file.is_dir():
            raise _refused(file, "it is a folder. Name a file in it")
        if not file.parent.is_dir():
            raise _refused(file, f"there is no folder {file.parent}. Make it, or name another")
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise _refused(file, "its folder or the file is closed to you. Name another place")
    except OSError as fault:
        raise _refused(file, str(fault.strerror)) from None
    return file


def new_folder(text: str) -> Path:
    """For `type=` of an argument. A folder that is not there is made, by the command."""
    folder = Path(text)
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if not there.is_dir():
            raise _refused(folder, f"{there} is a file. Name a folder")
        if not os.access(there, os.W_OK):
            raise _refused(folder, f"{there} is closed to you. Name another place")
    except OSError as fault:
        raise _refused(folder, str(fault.strerror)) from None
    return folder


def write(file: Path, made: str | bytes) -> None:
    try:
        file.write_bytes(made.encode() if isinstance(made, str) else made)
    except OSError as fault:
        raise InputError(
            f"{file} cannot be written: {fault.strerror}. Make room, or name another place."
        ) from None


def _refused(place: Path, why: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"{place} cannot be written: {why}")
