"""From a file to an answer: the one path that pages, command line and interface share."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.domain.card import ModelCard
from core.domain.images import Mammogram
from core.domain.prediction import Fitness, FitnessReport, Heatmap, Prediction
from core.errors import InputError
from core.preprocessing.frame import Frame
from core.services import decoding, heatmaps, inference
from core.services.catalogue import Bundle, bundle
from core.services.deciding import decide, likeliest, to_probabilities
from core.services.exam import one_view
from core.services.exam_context import Told
from core.services.fitness import assess
from core.services.framing import framed, to_image
from core.services.inference import is_warm, warm_up
from core.services.whole_image import METHOD

__all__ = ["analyse", "is_warm", "preview", "warm_up"]

Progress = Callable[[str, float], None]


def preview(data: decoding.Source, filename: str = "") -> Mammogram:
    """The image as a person sees it, opened where a bad file can do no harm."""
    return decoding.decode(data)


def analyse(
    mammogram: Mammogram,
    model: str,
    *,
    heatmap: bool = True,
    target: str | None = None,
    method: str | None = None,
    layer: str | None = None,
    progress: Progress | None = None,
    told: Told | None = None,
) -> Prediction:
    """`target` is the class the heatmap speaks for; None means the one that is answered.

    Without `method` and `layer` the map is the one that comes with the answer. To a model of
    whole exams the image is an exam of one view, and `told` is what is known of the patient.
    """
    say = progress or (lambda _text, _share: None)
    if bundle(model).card.kind == "exam":
        return one_view(mammogram, model, told=told, target=target, progress=say)
    clock = _Clock()
    say("Loading the model", 0.05)
    loaded = inference.get(model)
    card = loaded.bundle.card
    clock.mark("load")
    say("Preparing the image as the model learned it", 0.4)
    frame = framed(mammogram, card)
    clock.mark("prepare")
    fitness = assess(mammogram, frame, loaded.bundle)
    if fitness.status is Fitness.UNFIT:
        say("Done", 1.0)
        return _no_answer(mammogram, frame, loaded.bundle, fitness)
    say("Looking for signs", 0.6)
    place = _place(card, target)
    logits, maps, networks = loaded.answer(frame, place)
    clock.mark("predict")
    probabilities = to_probabilities(logits[0], card)
    label = decide(probabilities, card.operating_point)
    if target is None and place is None and likeliest(probabilities) != label:
        # The map is of the likeliest class, but the operating point answers another one.
        logits, maps, networks = loaded.answer(frame, _place(card, label))
    say("Drawing the heatmap", 0.9)
    drawn = None
    if heatmap and (layer or method not in (None, heatmaps.live(card))):
        drawn = heatmaps.draw(
            mammogram,
            model,
            target=target or label,
            method=method,
            layer=layer,
            progress=lambda share: say("Drawing the heatmap", 0.7 + 0.3 * share),
        )
    elif heatmap:
        drawn = _heatmap(maps[0], frame, mammogram, card, target or label)
    clock.mark("heatmap")
    say("Done", 1.0)
    return Prediction(
        model=model,
        card=card,
        mammogram=mammogram,
        prepared=frame.pixels,
        label=label,
        probabilities=probabilities,
        logits=tuple(float(v) for v in logits[0]),
        fitness=fitness,
        heatmap=drawn,
        seconds=clock.seconds,
        members=_each(networks[0], card),
    )


def _each(networks: NDArray[np.float32], card: ModelCard) -> tuple[dict[str, float], ...]:
    """What each of several networks would answer alone; nothing where there is one."""
    count = len(networks)
    return tuple(to_probabilities(one * count, card) for one in networks) if count > 1 else ()


def _no_answer(
    mammogram: Mammogram, frame: Frame, bundle: Bundle, fitness: FitnessReport
) -> Prediction:
    return Prediction(
        model=bundle.name,
        card=bundle.card,
        mammogram=mammogram,
        prepared=frame.pixels,
        label=None,
        probabilities={},
        logits=(),
        fitness=fitness,
        heatmap=None,
    )


def _place(card: ModelCard, name: str | None) -> int | None:
    names = [c.name for c in card.classes]
    if name is not None and name not in names:
        raise InputError(f"The model knows no class {name!r}. Known: {', '.join(names)}.")
    return None if name is None else names.index(name)


def _heatmap(
    raw: NDArray[np.float32], frame: Frame, mammogram: Mammogram, card: ModelCard, target: str
) -> Heatmap:
    peak = float(raw.max())
    scaled = raw / peak if peak > 0 else np.zeros_like(raw)
    values = to_image(scaled, frame, mammogram)
    if card.kind == "patch":
        return Heatmap(METHOD, target, "probability", values, peak)
    return Heatmap("grad-cam", target, card.explanation_layer, values, peak)


class _Clock:
    """Where the time goes, in seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def mark(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = now - self._last
        self._last = now
