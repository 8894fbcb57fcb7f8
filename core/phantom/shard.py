"""One patient from seed to files: the unit of work when a set is written."""

from dataclasses import dataclass
from pathlib import Path

from core.phantom.config import PhantomConfig
from core.phantom.layouts import LAYOUTS
from core.phantom.layouts._layout import Rows
from core.phantom.render import patient


@dataclass(frozen=True)
class Written:
    index: int
    rows: Rows
    labels: list[str]
    findings: int


def write_patient(config: PhantomConfig, out: Path, layout: str, index: int) -> Written:
    images = patient(config, index)
    rows = LAYOUTS.load(layout).patient_files(config, index, images, out)
    labels = [image.case.label for image in images]
    return Written(index, rows, labels, sum(len(image.masks) for image in images))
