"""Opens NumPy files that others made: mapped, never unpickled, and said plainly when wrong."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DatasetError


def open_array(path: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise DatasetError(f"There is no file {path}.") from None
    except (ValueError, OSError, EOFError, SyntaxError) as fault:
        raise DatasetError(
            f"{path.name} is no NumPy array that can be read safely: {fault}. "
            "Save plain numbers with numpy.save."
        ) from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "buifUS":
        found = getattr(array, "dtype", "several arrays")
        raise DatasetError(f"{path.name} holds {found}, not plain numbers or texts.")
    return array
