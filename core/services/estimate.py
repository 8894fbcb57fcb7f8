"""What a run will take in time and memory, from a few of its steps.

What was measured is kept under `workspace/cache/estimates`, by everything that the cost of
a step follows from: with more epochs or another learning rate nothing is measured again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from core import paths
from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.domain.training import Augmentation, TrainConfig
from core.services import background, launching
from core.services.background import Errand, Job
from core.services.launching import Draft
from core.services.prepared_sets import stamp
from core.training import devices
from core.training.atomic import write_text
from core.training.provenance import versions
from core.training.trial import Cost, measure
from core.training.worker import prepare_environment

KIND = "estimate"


@dataclass(frozen=True)
class Estimate:
    seconds: float
    seconds_an_epoch: float  # of the last stage, which is the longest as a rule
    images_per_second: float
    memory_bytes: int
    memory_free_bytes: int
    gpu_bytes: int | None
    parameters: int
    device: str

    @property
    def fits(self) -> bool:
        return self.memory_bytes <= self.memory_free_bytes

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "fits": self.fits}


def known(config: TrainConfig) -> Estimate | None:
    """From what was measured before; None where nothing was."""
    try:
        raw = json.loads(_file(config).read_text(encoding="utf-8"))
        return _reckon(config, Cost.from_dict(raw))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def measured(config: TrainConfig) -> Estimate:
    """Measures in this process, which must be a fresh one, unless it is known already."""
    if (found := known(config)) is not None:
        return found
    prepare_environment(config)
    cost = measure(config)
    file = _file(config)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, json.dumps(cost.to_dict()), lasting=False)
    return _reckon(config, cost)


def begin(draft: Draft) -> Job:
    """Measures in a process of its own; `known` has the answer when it has ended."""
    config = launching.configure(draft)
    words = (*launching.command(draft), "--estimate")
    return background.start(KIND, key(config), "Measuring a few steps", [Errand("", words)])


def under_way(config: TrainConfig) -> Job | None:
    """The measurement of this configuration that goes on, or has failed."""
    job = background.latest(KIND, key(config))
    return job if job and (job.active or job.progress.state != "finished") else None


def key(config: TrainConfig) -> str:
    """A fingerprint of what the cost follows from."""
    nothing = vars(Augmentation())
    changed = sorted(k for k, v in vars(config.augmentation).items() if v != nothing[k])
    said = {
        "dataset": [config.dataset, config.split, stamp(config.dataset)],
        "model": {**asdict(config.model), "weights": None},
        "sequence": asdict(config.sequence) if config.sequence else None,
        "stages": sorted({stage.train for stage in config.legs}),
        "augmentation": [*changed, config.augmentation.copies],
        "machine": [gpu.name for gpu in devices.gpus()],
        "versions": versions(),
    }
    names = ("batch_size", "optimizer", "precision", "xla", "backend", "gpus", "devices")
    said |= {name: getattr(config, name) for name in (*names, "feature_cache")}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]


def _file(config: TrainConfig) -> Path:
    return paths.cache() / "estimates" / f"{key(config)}.json"


def _reckon(config: TrainConfig, cost: Cost) -> Estimate:
    steps = -(-cost.images[TRAIN] // config.batch_size)
    total, epoch = cost.start, 0.0
    for stage in config.legs:
        leg = cost.leg(stage)
        epoch = steps * leg.step + cost.images[VALIDATION] * leg.measured_image
        total += leg.begin + leg.kept + epoch * (stage.epochs or 1)
    last = cost.leg(config.legs[-1])
    total += (cost.images[VALIDATION] + cost.images[TEST]) * last.measured_image
    return Estimate(
        seconds=round(total, 1),
        seconds_an_epoch=round(epoch, 2),
        images_per_second=round(config.batch_size / max(last.step, 1e-9), 1),
        memory_bytes=cost.memory_bytes,
        memory_free_bytes=int(psutil.virtual_memory().available),
        gpu_bytes=cost.gpu_bytes,
        parameters=cost.parameters,
        device=cost.device,
    )
