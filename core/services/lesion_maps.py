"""Heatmaps put to the test on images whose lesions are known.

Each method is scored beside maps that never saw the model. Two further tests need no
lesion: does the score rest on what the map shows, and does the map depend on the weights?
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.datasets.findings import from_json, lesion_mask
from core.domain import explanation
from core.domain.card import Interval, Kind
from core.domain.heatmaps import Faithfulness, HeatmapReport
from core.errors import ConfigError, InputError, MammolensError
from core.evaluation.calibration import to_probabilities
from core.evaluation.heatmap.faithfulness import faithfulness
from core.evaluation.heatmap.sanity import mean_likeness, shuffled
from core.evaluation.heatmap.summary import Scored, score_image, summarise
from core.explanation import methods as explanation_methods
from core.preprocessing.breast import breast_mask
from core.services.answers import Images, Progress, predictor, scaled
from core.services.judgement import Judgement, patients

MOST_IMAGES = 300
# The two further tests take dozens of answers an image.
TESTED_IMAGES = 24
BATCH = 16
Explain = Callable[[Images, NDArray[np.int64]], NDArray[np.float64]]  # maps of the images' size


@dataclass(frozen=True)
class Method:
    name: str
    title: str
    explain: Explain


@dataclass(frozen=True)
class Marked:
    """Images with a lesion: places in the judgement, their pixels, and where the lesion is."""

    places: NDArray[np.int64]
    images: Images
    lesions: NDArray[np.bool_]


def heatmap_report(
    found: Judgement,
    *,
    names: Sequence[str] = (),
    most: int = MOST_IMAGES,
    tests: bool = True,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> HeatmapReport:
    """Of these methods, or of the quick ones. Refused in a sentence where no lesion is known."""
    if found.subject.out_of_fold:
        raise InputError(
            f"{found.subject.name!r} is many networks, one a fold. Score the heatmaps of one of "
            "its runs."
        )
    marked, notes = _marked(found, most, seed)
    from core.models.ensemble import open_model

    model = open_model(found.subject.model_file, found.subject.members)
    targets = found.targets[marked.places]
    asked = methods(found, model, names or usual(found.subject.kind))
    drawn = _working(asked, marked.images[:1], targets[:1], notes)
    scored: list[Scored] = []
    for start in range(0, len(marked.places), BATCH):
        part = slice(start, start + BATCH)
        maps = {m: m.explain(marked.images[part], targets[part]) for m in drawn}
        scored += _score(found, marked, part, maps, seed)
        progress(min(start + BATCH, len(marked.places)), len(marked.places))
    empty = sum(s.empty and not s.baseline for s in scored)
    if empty:
        notes.append(f"{empty} maps were zero everywhere: nothing spoke for the true class.")
    tested = _Tests(found, model, marked, targets, seed)
    return HeatmapReport(
        summarise(scored),
        tuple(s.row() for s in scored),
        {m.name: tested.rests_on(m) for m in drawn if tests},
        {m.name: tested.follows_weights(m) for m in drawn if tests},
        tuple(notes),
    )


def _working(
    asked: Sequence[Method], images: Images, targets: NDArray[np.int64], notes: list[str]
) -> list[Method]:
    """Some methods ask for a network of a certain shape; those that cannot be drawn are told."""
    drawn = []
    for method in asked:
        try:
            method.explain(images, targets)
            drawn.append(method)
        except MammolensError as fault:
            notes.append(f"{method.title} is left out: {fault}")
    if not drawn:
        raise InputError(" ".join(notes))
    return drawn


def _marked(found: Judgement, most: int, seed: int) -> tuple[Marked, list[str]]:
    spec = found.subject.spec
    lesions = {}
    columns = zip(found.index["findings"], found.index["to_source"], strict=True)
    for place, (text, to_source) in enumerate(columns):
        if isinstance(text, str) and text not in ("", "[]"):
            mask = lesion_mask(from_json(text), (spec.height, spec.width), to_source)
            if mask.any():
                lesions[place] = mask
    if not lesions:
        raise InputError(
            f"No image judged here ({found.dataset.info.name}, {found.part or 'all'}) has an "
            "outlined finding, so heatmaps cannot be compared with lesions."
        )
    places, notes = np.array(list(lesions)), []
    if len(places) > most:
        places = np.sort(np.random.default_rng(seed).choice(places, most, replace=False))
        notes.append(f"{most} of {len(lesions)} images with a lesion were drawn at random.")
    images = scaled(found.dataset, found.rows[places])
    return Marked(places, images, np.stack([lesions[p] for p in places])), notes


def offered(kind: Kind) -> dict[str, explanation.Method]:
    """Methods by name that can explain such a model, the quickest first; loads no library."""
    return explanation_methods(kind)


def usual(kind: Kind) -> tuple[str, ...]:
    """Those that cost no more than a prediction or two."""
    quick = (explanation.Cost.LIVE, explanation.Cost.QUICK)
    return tuple(name for name, one in offered(kind).items() if one.cost in quick)


def methods(found: Judgement, model: Any, names: Sequence[str] = ()) -> tuple[Method, ...]:
    """All that are offered, or these; each is compiled when it is first asked."""
    known = offered(found.subject.kind)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(
            f"There is no method {', '.join(unknown)} for {found.subject.name!r}. Known: "
            f"{', '.join(known)}."
        )
    return tuple(_method(found, model, name, known[name]) for name in names or known)


def _method(found: Judgement, model: Any, name: str, about: explanation.Method) -> Method:
    made: list[explanation.Explain] = []

    def explain(images: Images, targets: NDArray[np.int64]) -> NDArray[np.float64]:
        if not made:
            made.append(about.make(model, found.subject.explanation_layer))
        maps = np.zeros(images.shape, np.float64)
        for target in np.unique(targets):
            own = targets == target
            small = made[0](images[own][..., None], int(target))
            maps[own] = [_enlarged(one, images.shape[1:]) for one in small]
        return maps

    return Method(name, about.title, explain)


def _enlarged(small: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """As it is shown over the image."""
    full = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.maximum(np.asarray(full, np.float64), 0)


def _score(
    found: Judgement,
    marked: Marked,
    part: slice,
    maps: Mapping[Method, NDArray[np.float64]],
    seed: int,
) -> list[Scored]:
    scored: list[Scored] = []
    owners = patients(found.index)
    right = found.sample.predicted == found.targets
    columns = zip(marked.places[part], marked.images[part], marked.lesions[part], strict=True)
    for number, (place, image, lesion) in enumerate(columns):
        scored += score_image(
            str(found.index["image_id"][place]),
            str(owners[place]),
            image.astype(np.float64),
            lesion,
            breast_mask(image),
            {method.name: (method.title, drawn[number]) for method, drawn in maps.items()},
            correct=bool(right[place]),
            seed=seed + int(place),
        )
    return scored


@dataclass(frozen=True)
class _Tests:
    """On a few of the images, since both take many answers an image."""

    found: Judgement
    model: Any
    marked: Marked
    targets: NDArray[np.int64]
    seed: int

    @property
    def _images(self) -> Images:
        return self.marked.images[:TESTED_IMAGES]

    def rests_on(self, method: Method) -> Faithfulness:
        predict = predictor(self.model)
        temperature = self.found.subject.calibration.temperature

        def score(variants: Images, place: int) -> NDArray[np.float64]:
            return to_probabilities(predict(variants), temperature)[:, self.targets[place]]

        maps = method.explain(self._images, self.targets[:TESTED_IMAGES])
        return faithfulness(score, self._images, maps, seed=self.seed)

    def follows_weights(self, method: Method) -> Interval:
        targets = self.targets[:TESTED_IMAGES]
        learned = method.explain(self._images, targets)
        with shuffled(self.model, self.seed):
            random = method.explain(self._images, targets)
        owners = patients(self.found.index)[self.marked.places[:TESTED_IMAGES]]
        return mean_likeness(learned, random, owners)
