"""Models that read all views of a patient together, from a bundle's or a run's folder.

Beside such a model lies `context.json`: how what is known of a patient becomes numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.models import LOGITS, ModelConfig, SequenceConfig
from core.errors import ConfigError
from core.models.context import ContextEncoder
from core.training.inference import outputs
from core.training.rows import IMAGES
from core.training.sequence_data import CONTEXT_FILE, PatientData, Rows

Logits = NDArray[np.float32]


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

    def of_views(self, views: Sequence[Any]) -> Logits:
        """Left and right, of one patient's cases with their prepared pixels."""
        from core.models.views import batch

        return np.asarray(self._logits(batch([views], self.config, self.encoder))[0], np.float32)

    @cached_property
    def _logits(self) -> Any:
        import keras

        return keras.Model(self.model.input, self.model.get_layer(LOGITS).output).predict_on_batch


def load(model_file: Path) -> ExamModel:
    from core.models.loading import load_model

    beside = model_file.with_name(CONTEXT_FILE)
    if not beside.is_file():
        raise ConfigError(
            f"{beside} is missing: without it nobody knows how the model reads age, density, "
            "implant and machine. Publish the run again."
        )
    encoder = ContextEncoder.from_json(beside.read_text(encoding="utf-8"))
    return ExamModel(load_model(model_file), encoder)
