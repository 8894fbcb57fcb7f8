"""Writes `model.keras` as others will use it: in full precision, nothing frozen, no optimizer."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.training import checkpoint
from core.training.checkpoint import Values


class ModelWriter:
    """Holds a second network, since the one in training goes on changing."""

    def __init__(self, make: Callable[[], Any], path: Path) -> None:
        self._make, self._path = make, path
        self._twin: Any = None

    def __call__(self, values: Values) -> None:
        twin = self._in_full_precision()
        checkpoint.assign(twin.variables, values, "best epoch")
        beside = self._path.with_name(f".{os.getpid()}.keras")
        try:
            twin.save(beside)
            beside.replace(self._path)
        finally:
            beside.unlink(missing_ok=True)

    def _in_full_precision(self) -> Any:
        if self._twin is None:
            import keras

            policy = keras.config.dtype_policy()
            keras.config.set_dtype_policy("float32")
            try:
                self._twin = self._make()
            finally:
                keras.config.set_dtype_policy(policy)
        return self._twin
