"""Sets of one's own, small enough to write for a single test."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.domain.dataset import PrepareRequest, Source
from core.domain.preprocess import PreprocessSpec, StepSpec

TINY = PreprocessSpec("tiny", (StepSpec("stretch"),), 32, 24, working_height=64)
Rows = Sequence[dict[str, Any]]


def write_table(path: Path, rows: Rows, separator: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, delimiter=separator, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_picture(path: Path, seed: int = 0, size: tuple[int, int] = (48, 36)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 200, size, dtype=np.uint8)
    path.write_bytes(cv2.imencode(path.suffix, noise)[1].tobytes())
    return path


def manifest_rows(root: Path, patients: int = 8) -> Rows:
    """Two images a patient, every other patient malignant, with a circle each."""
    rows = []
    for number in range(patients * 2):
        path = f"images/{number:03d}.png"
        write_picture(root / path, number)
        malignant = number // 2 % 2 == 1
        rows.append(
            {
                "image_id": f"i{number}",
                "patient_id": f"p{number // 2}",
                "path": path,
                "label": "malignant" if malignant else "normal",
                "laterality": "LR"[number % 2],
                "view": "MLO",
                "age": 40 + number,
                "density": "ABCD"[number % 4],
                "finding_kind": "mass" if malignant else "",
                "finding_pathology": "malignant" if malignant else "",
                "finding_x": 20 if malignant else "",
                "finding_y": 30 if malignant else "",
                "finding_radius": 6 if malignant else "",
            }
        )
    return rows


def write_manifest(root: Path) -> None:
    write_table(root / "manifest.csv", manifest_rows(root))


def write_pair(root: Path) -> None:
    root.mkdir(parents=True)
    rng = np.random.default_rng(0)
    np.save(root / "images.npy", rng.integers(0, 255, (10, 40, 30, 1), dtype=np.uint8))
    np.save(root / "labels.npy", np.arange(10) % 2)


OWN: dict[str, Callable[[Path], None]] = {"manifest": write_manifest, "npy-pair": write_pair}


def request_for(
    root: Path, format_name: str = "manifest", name: str = "set", **changes: Any
) -> PrepareRequest:
    """A request to prepare tiny images; patches are cut at the scale of the file."""
    fields: dict[str, Any] = {
        "name": name,
        "sources": (Source(format_name, str(root)),),
        "spec": TINY,
        "task": "cancer",
    }
    return PrepareRequest(**{**fields, **changes})
