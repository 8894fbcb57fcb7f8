"""Models in memory: loaded once, shared by every session, replaced when their file changes.

Nothing here imports a deep-learning library until a model is needed.
"""

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.services import exam_models, whole_image
from core.services.catalogue import Bundle, bundle
from core.services.held import Held

if TYPE_CHECKING:
    from core.explanation.gradcam import Explainer
    from core.models.patch_to_whole import ClassMap
    from core.preprocessing.frame import Frame

MOST_IN_MEMORY = 3


class Answer(NamedTuple):
    """`networks` (images, networks, outputs) add up to the logits."""

    logits: NDArray[np.float32]
    maps: NDArray[np.float32]
    networks: NDArray[np.float32]


@dataclass
class LoadedModel:
    """One bundle ready to answer; calls are serialised, since graphs are shared."""

    bundle: Bundle
    explainer: "Explainer"
    model: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    _last: "tuple[Frame, ClassMap] | None" = None

    def explain(
        self, batch: NDArray[np.float32], target: int | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Logits and Grad-CAM maps of the target class (None: the likeliest one)."""
        with self.lock:
            return self.explainer(batch, target)[:2]

    def answer(self, frame: "Frame", target: int | None) -> Answer:
        """Of a prepared image; a patch model is asked about every place in it."""
        if self.bundle.card.kind != "patch":
            with self.lock:
                return Answer(*self.explainer(frame.pixels[None, ..., None], target))
        with self.lock:
            if self._last is None or self._last[0] is not frame:
                stride = self.bundle.card.whole.get("stride")
                self._last = frame, whole_image.read(self.model, frame, stride)
            found = self._last[1]
        logits = whole_image.logits_of(found, frame, self.bundle.card)
        place = _likeliest(logits[0]) if target is None else target
        return Answer(logits, whole_image.map_of(found, frame, place)[None], logits[:, None])

    @cached_property
    def input_size(self) -> tuple[int, int]:
        spec = self.bundle.card.preprocessing
        return spec.height, spec.width


def _likeliest(logits: NDArray[np.float32]) -> int:
    return int(logits[0] > 0) if len(logits) == 1 else int(logits.argmax())


_loaded: Held[LoadedModel] = Held(MOST_IN_MEMORY)
_threads: dict[str, threading.Thread] = {}


def get(name: str) -> LoadedModel:
    """Waits for a load under way in another thread rather than loading twice."""
    found = bundle(name)
    return _loaded.get(name, lambda: _load(found), found.model_file.stat().st_mtime_ns)


def is_warm(name: str) -> bool:
    return name in _loaded or exam_models.is_warm(name)


def warm_up(name: str) -> None:
    """Starts loading behind the page that asks; asking again costs nothing."""
    if is_warm(name) or (name in _threads and _threads[name].is_alive()):
        return
    thread = threading.Thread(target=_warm, args=(name,), name=f"warm-{name}", daemon=True)
    _threads[name] = thread
    thread.start()


def _warm(name: str) -> None:
    found = bundle(name)
    if found.card.kind == "exam":
        exam_models.get(found)
    else:
        get(name)


def _load(found: Bundle) -> LoadedModel:
    if found.card.kind == "exam":
        raise InputError(
            f"The model {found.name!r} reads all views of an exam together, not one image. Ask it "
            f"with: python -m core predict {found.name} FILES"
        )
    from core.explanation.gradcam import Explainer
    from core.models.ensemble import open_model

    model = open_model(found.model_file, found.card.members)
    loaded = LoadedModel(found, Explainer(model, found.card.explanation_layer), model)
    # The first call compiles; better here than under a person's eyes.
    loaded.explain(np.zeros((1, *loaded.input_size, 1), np.float32), None)
    return loaded
