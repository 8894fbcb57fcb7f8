"""All that resuming needs, in one file that is whole or not there.

Keras's own files drop the state of dropout's generators and know nothing of plateaus,
the sampler or half an epoch's figures; here every variable is kept, in order.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import RunError
from core.training.atomic import replacing

Arrays = dict[str, NDArray[np.generic]]
Values = list[NDArray[np.generic]]


@dataclass
class Checkpoint:
    progress: dict[str, Any]
    variables: Values
    optimizer: Values
    best: Values = field(default_factory=list)  # variables of the best epoch
    tally: Arrays = field(default_factory=dict)  # of an epoch begun

    def save(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        arrays = {f"v{i:05d}": value for i, value in enumerate(self.variables)}
        arrays |= {f"o{i:05d}": value for i, value in enumerate(self.optimizer)}
        arrays |= {f"b{i:05d}": value for i, value in enumerate(self.best)}
        arrays |= {f"t_{name}": value for name, value in self.tally.items()}
        text = np.frombuffer(json.dumps(self.progress).encode(), np.uint8)
        with replacing(path) as file:
            np.savez(file, allow_pickle=False, progress=text, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Checkpoint":
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                names = sorted(stored.files)
                progress = json.loads(stored["progress"].tobytes())
                variables, optimizer, best = (
                    [stored[name] for name in names if re.fullmatch(kind + r"\d+", name)]
                    for kind in "vob"
                )
                tally = {name[2:]: stored[name] for name in names if name.startswith("t_")}
                return cls(progress, variables, optimizer, best, tally)
        except (OSError, ValueError, KeyError, BadZipFile) as fault:
            raise RunError(
                f"The checkpoint {path} cannot be read ({fault}), so the run cannot go on. "
                "Start it anew; its best epoch is kept in model.keras."
            ) from None


def values(variables: list[Any]) -> Values:
    from keras import ops

    # By way of a tensor, because a variable may have a copy on each of several devices.
    return [np.asarray(ops.convert_to_numpy(ops.convert_to_tensor(v))) for v in variables]


def assign(variables: list[Any], stored: Values, what: str) -> None:
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [array.shape for array in stored]:
        raise RunError(
            f"The checkpoint's {what} does not fit: {len(stored)} arrays for {len(shapes)} "
            "variables, or other shapes. It was written by another version; start the run anew."
        )
    for variable, array in zip(variables, stored, strict=True):
        variable.assign(array)
