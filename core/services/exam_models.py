"""Models that read all views of a patient together, from a bundle's or a run's folder.

Beside such a model lies `context.json`: how what is known of a patient becomes numbers.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.domain.cases import Case
from core.domain.images import Pixels
from core.domain.models import LOGITS, ModelConfig, SequenceConfig
from core.errors import ConfigError
from core.models.context import ContextEncoder
from core.services.catalogue import Bundle
from core.services.held import Held
from core.training.inference import outputs
from core.training.rows import IMAGES
from core.training.sequence_data import CONTEXT_FILE, PatientData, Rows

if TYPE_CHECKING:
    from core.explanation.sequence_maps import SequenceExplainer

MOST_IN_MEMORY = 2
Logits = NDArray[np.float32]
Views = Sequence[tuple[Case, Pixels]]


@dataclass(frozen=True)
class ExamModel:
    model: Any
    encoder: ContextEncoder

    @cached_property
    def config(self) -> SequenceConfig:
        """As much of it as putting views in order needs."""
        shapes = {tensor.name: tensor.shape for tensor in self.model.inputs}
        _, slots, height, width, _ = shapes[IMAGES]
        return SequenceConfig(ModelConfig("", height, width, ()), self.encoder.width, slots)

    def of_patients(self, data: PatientData, rows: Rows) -> Logits:
        """(patients, 2): left and right."""
        return outputs(self.model, [LOGITS], data.reader(), rows)[0]


@dataclass(frozen=True)
class Reading:
    """What the model found in one patient's views.

    `order` holds the places of the views that were read, in the order of `features` and of
    `maps` (breasts, views, h, w), which are above zero where a place speaks for the positive
    class. `logits` are of the left and the right breast.
    """

    logits: Logits
    order: tuple[int, ...]
    features: NDArray[np.float32]
    maps: NDArray[np.float32]


@dataclass
class LoadedExamModel:
    """Ready to answer; calls are serialised, since graphs are shared."""

    exam: ExamModel
    explainer: "SequenceExplainer"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, views: Views) -> Reading:
        from core.models.views import batch, reading_order

        config = self.exam.config
        order = tuple(reading_order([case for case, _ in views], config.slots))
        with self.lock:
            found = self.explainer(batch([views], config, self.exam.encoder))
        count = len(order)
        return Reading(found.logits[0], order, found.features[0, :count], found.maps[0, :, :count])


_loaded: Held[LoadedExamModel] = Held(MOST_IN_MEMORY)


def get(found: Bundle) -> LoadedExamModel:
    """Loaded once, shared by every session, replaced when its file changes."""
    return _loaded.get(found.name, lambda: _load(found), found.model_file.stat().st_mtime_ns)


def is_warm(name: str) -> bool:
    return name in _loaded


def context(found: Bundle) -> ContextEncoder:
    """What the model reads of a patient, and which machines it tells apart; loads no model."""
    return _encoder(found.model_file)


def _load(found: Bundle) -> LoadedExamModel:
    from core.explanation.sequence_maps import SequenceExplainer

    exam = load(found.model_file)
    return LoadedExamModel(exam, SequenceExplainer(exam.model, found.card.explanation_layer))


def load(model_file: Path) -> ExamModel:
    from core.models.loading import load_model

    encoder = _encoder(model_file)
    return ExamModel(load_model(model_file), encoder)


def _encoder(model_file: Path) -> ContextEncoder:
    beside = model_file.with_name(CONTEXT_FILE)
    if not beside.is_file():
        raise ConfigError(
            f"{beside} is missing: without it nobody knows how the model reads age, density, "
            "implant and machine. Publish the run again."
        )
    return ContextEncoder.from_json(beside.read_text(encoding="utf-8"))
