"""Heatmaps of judged cases, made when somebody looks at them and not before."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.services.answers import scaled
from core.services.held import Held
from core.services.judgement import Judgement
from core.services.lesion_maps import Method, methods
from core.services.subjects import fingerprint

Maps = NDArray[np.float32]
MOST_IN_MEMORY = 2


@dataclass
class _Loaded:
    """Calls are serialised, since graphs are shared."""

    methods: dict[str, Method]
    lock: threading.Lock = field(default_factory=threading.Lock)


_loaded: Held[_Loaded] = Held(MOST_IN_MEMORY)


def maps(
    found: Judgement, rows: Sequence[int], targets: Sequence[int], method: str = ""
) -> tuple[Maps, list[bool]]:
    """Of rows of the dataset, each in [0, 1] at the size of the prepared image.

    The second part says which maps are empty: nothing spoke for that class. Without a
    method the first one is used.
    """
    ready = _ready(found)
    chosen = ready.methods.get(method or next(iter(ready.methods)))
    if chosen is None:
        raise InputError(
            f"There is no method {method!r} for this model. Known: {', '.join(ready.methods)}."
        )
    images = scaled(found.dataset, np.asarray(rows, np.int64))
    with ready.lock:
        drawn = chosen.explain(images, np.asarray(targets, np.int64))
    peaks = drawn.max(axis=(1, 2))
    shown = drawn / np.where(peaks > 0, peaks, 1.0)[:, None, None]
    return np.clip(shown, 0, 1).astype(np.float32), [bool(peak <= 0) for peak in peaks]


def why_not(found: Judgement) -> str:
    """Why there can be no heatmaps, empty where there can."""
    name = found.subject.name
    if found.subject.out_of_fold:
        return (
            f"{name!r} is a cross-validation, answered by several networks. Evaluate one of its "
            "runs to see heatmaps."
        )
    if found.unit != "images":
        return f"{name!r} answers for {found.unit} in several views; heatmaps are of one image."
    return ""


def is_warm(found: Judgement) -> bool:
    return _key(found) in _loaded


def method_titles(found: Judgement) -> dict[str, str]:
    """The methods that can be drawn for this model; loads it."""
    return {name: method.title for name, method in _ready(found).methods.items()}


def _key(found: Judgement) -> str:
    return f"{fingerprint(found.subject)}-{found.subject.explanation_layer}"


def _ready(found: Judgement) -> _Loaded:
    if reason := why_not(found):
        raise InputError(reason)
    return _loaded.get(_key(found), lambda: _load(found))


def _load(found: Judgement) -> _Loaded:
    from core.models.ensemble import open_model

    model: Any = open_model(found.subject.model_file, found.subject.members)
    return _Loaded({method.name: method for method in methods(found, model)})
