"""Every way of drawing what a model looked at, compiled when it is first asked for."""

import threading
from dataclasses import dataclass, field

import cv2
import numpy as np

from core.domain.card import ModelCard
from core.domain.explanation import Explain, Maps, Method, Progress
from core.domain.images import Mammogram
from core.domain.prediction import Heatmap
from core.errors import InputError
from core.explanation import METHODS, methods
from core.services import inference
from core.services.framing import framed, to_image
from core.services.held import Held

MOST_COMPILED = 6
GATHERED = 1 / 80  # of the image's longer side


@dataclass
class _Compiled:
    """Asked one at a time, apart from predictions, which a slow map must not hold up."""

    explain: Explain
    lock: threading.Lock = field(default_factory=threading.Lock)


_compiled: Held[_Compiled] = Held(MOST_COMPILED)


def offered(card: ModelCard) -> dict[str, Method]:
    """What this model can be explained by, the live method first; loads no model."""
    return methods(card.kind)


def live(card: ModelCard) -> str:
    """The method whose map comes with the answer."""
    return next(iter(offered(card)))


def places(model: str) -> dict[str, str]:
    """Layers of the model that one may look at, with titles, the usual one first; loads it."""
    from core.explanation.layers import layer_choices

    loaded = inference.get(model)
    card = loaded.bundle.card
    return layer_choices(loaded.model, card.model, card.explanation_layer)


def draw(
    mammogram: Mammogram,
    model: str,
    *,
    target: str,
    method: str | None = None,
    layer: str | None = None,
    progress: Progress | None = None,
) -> Heatmap:
    """A map for one class; `progress` is told the share that is done."""
    loaded = inference.get(model)
    card = loaded.bundle.card
    name = method or live(card)
    chosen = _known(name, card)
    place = layer or card.explanation_layer
    compiled = _ready(loaded, name, place)
    frame = framed(mammogram, card)
    with compiled.lock:
        raw = compiled.explain(frame.pixels[None, ..., None], _class(card, target), progress)[0]
    if chosen.tiles and frame.mask is not None:
        raw = np.where(frame.mask, raw, np.float32(0))
    if not chosen.by_layer and not chosen.tiles:
        raw = _gathered(raw)
    peak = float(raw.max())
    values = to_image(raw / peak if peak > 0 else np.zeros_like(raw), frame, mammogram)
    return Heatmap(name, target, place if chosen.by_layer else "image", values, peak)


def _gathered(raw: Maps) -> Maps:
    """Single pixels, which no eye finds in a large image, as the small regions they lie in."""
    return np.asarray(cv2.GaussianBlur(raw, (0, 0), max(raw.shape) * GATHERED), np.float32)


def _known(name: str, card: ModelCard) -> Method:
    suited = offered(card)
    if name not in suited:
        if name in METHODS:
            raise InputError(
                f"{METHODS.load(name).title} cannot explain the model {card.name!r}. It can be "
                f"explained by: {', '.join(suited)}."
            )
        raise InputError(f"There is no method {name!r:.40}. Known: {', '.join(suited)}.")
    return suited[name]


def _class(card: ModelCard, target: str) -> int:
    names = [c.name for c in card.classes]
    if target not in names:
        raise InputError(f"The model knows no class {target!r}. Known: {', '.join(names)}.")
    return names.index(target)


def _ready(loaded: inference.LoadedModel, method: str, layer: str) -> _Compiled:
    stamp = loaded.bundle.model_file.stat().st_mtime_ns
    return _compiled.get(
        (loaded.bundle.name, method, layer),
        lambda: _Compiled(METHODS.load(method).make(loaded.model, layer)),
        stamp,
    )
