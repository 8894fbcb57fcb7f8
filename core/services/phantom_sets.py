"""A dataset out of nothing: synthetic mammograms are made and prepared, in one job."""

import shutil
from pathlib import Path

from core import paths
from core.datasets.naming import check_name
from core.errors import DatasetError
from core.services import background
from core.services.background import Errand, Job

KIND = "phantom"
PATIENTS = 40


def make(name: str, *, patients: int = PATIENTS, difficulty: float = 0.5, seed: int = 0) -> Job:
    """Begins at once; the dataset is called `name`."""
    if (paths.datasets() / check_name(name)).exists():
        raise DatasetError(f"There is a dataset {name!r} already. Choose another name.")
    images = folder(name)
    # Left over from a job that was stopped: ours, and of no use half done.
    shutil.rmtree(images, ignore_errors=True)
    made = errands(name, images, patients, difficulty, seed)
    return background.start(KIND, name, f"Making the phantom set “{name}”", made)


def errands(
    name: str, images: Path, patients: int, difficulty: float, seed: int
) -> tuple[Errand, ...]:
    draw = ["phantom", "--patients", str(patients), "--out", str(images)]
    settings = ["--difficulty", f"{difficulty:g}", "--seed", str(seed)]
    return (
        Errand("Drawing synthetic patients", (*draw, *settings)),
        Errand("Preparing the images", ("prepare", "folder", str(images), "--name", name)),
    )


def folder(name: str) -> Path:
    return paths.workspace().resolve() / "phantoms" / name


def free_name(wish: str = "phantom") -> str:
    """`wish`, or with the first number that no dataset or running job has taken."""
    taken = {path.name for path in paths.datasets().glob("*")}
    taken |= {job.about for job in background.jobs() if job.kind == KIND and job.active}
    names = (wish if not number else f"{wish}-{number + 1}" for number in range(10_000))
    return next(name for name in names if name not in taken)
