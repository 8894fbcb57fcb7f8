"""What a run is about: its data and its network, one image at a time or all of a patient."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from core.datasets.prepared import open_prepared
from core.domain.models import ModelConfig
from core.domain.training import TrainConfig
from core.training import data, sequence_data
from core.training.data import RunData


def open_data(config: TrainConfig, folder: Path) -> RunData:
    images = data.load(open_prepared(config.dataset), folder)
    return sequence_data.by_patient(config, images, folder) if config.sequence else images


def build(config: TrainConfig, folder: Path) -> tuple[Any, tuple[str, ...]]:
    """The network, and sentences on where its weights came from. After `open_data`."""
    if config.sequence:
        from core.models import sequence

        described = sequence_data.sequence_config(config, folder)
        return sequence.assemble(described, seed=config.seed)
    from core.models.factory import assemble

    built = assemble(config.model, seed=config.seed)
    return built.model, built.notes


def build_unweighted(config: TrainConfig, folder: Path) -> Any:
    """The same network with random weights, for one whose weights are set afterwards."""
    return build(replace(config, model=_unweighted(config.model)), folder)[0]


def _unweighted(config: ModelConfig) -> ModelConfig:
    options = {
        name: {k: v for k, v in value.items() if k != "weights"}
        if isinstance(value, dict)
        else value
        for name, value in config.options.items()
        if name != "weights"
    }
    return replace(config, weights=None, options=options)
