"""Writes `model.keras` as others will use it: in full precision, nothing frozen, no optimizer."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.models import ModelConfig
from core.training import checkpoint


class ModelWriter:
    """Holds a second network, since the one in training goes on changing."""

    def __init__(self, config: ModelConfig, path: Path) -> None:
        # Its weights are overwritten before anyone sees them: fetch none.
        self._config, self._path = unweighted(config), path
        self._twin: Any = None

    def __call__(self, values: list[NDArray[np.generic]]) -> None:
        twin = self.twin()
        checkpoint.assign(twin.variables, values, "best epoch")
        beside = self._path.with_name(f".{os.getpid()}.keras")
        try:
            twin.save(beside)
            beside.replace(self._path)
        finally:
            beside.unlink(missing_ok=True)

    def twin(self) -> Any:
        if self._twin is None:
            import keras

            from core.models.factory import build

            policy = keras.config.dtype_policy()
            keras.config.set_dtype_policy("float32")
            try:
                self._twin = build(self._config, seed=0)
            finally:
                keras.config.set_dtype_policy(policy)
        return self._twin


def unweighted(config: ModelConfig) -> ModelConfig:
    """The same network with random weights, for one whose weights are set afterwards."""
    options = {
        name: {k: v for k, v in value.items() if k != "weights"}
        if isinstance(value, dict)
        else value
        for name, value in config.options.items()
        if name != "weights"
    }
    return replace(config, weights=None, options=options)
