"""Can it be trusted? The figures of an evaluation as a sentence or two, before any number.

The words follow fixed rules, which the tests state: serious findings first, then whether
the model is better than guessing beyond doubt, then how sure that is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.card import Interval
from core.domain.evaluation import Caution, Evaluation, Judged, Weight

GUESSING = 0.5
# An interval this wide leaves open whether a model is good or poor.
WIDE = 0.2
STRONG, FAIR = 0.85, 0.7


class Level(StrEnum):
    BROKEN = "broken"  # the figures do not say what they seem to say
    UNSURE = "unsure"  # too few cases, or no better than guessing
    WEAK = "weak"
    FAIR = "fair"
    STRONG = "strong"


@dataclass(frozen=True)
class Verdict:
    level: Level
    headline: str
    sentences: tuple[str, ...]


def verdict(found: Evaluation) -> Verdict:
    return tell(found.judged, found.figures, found.cautions)


def tell(judged: Judged, figures: Mapping[str, Interval], cautions: tuple[Caution, ...]) -> Verdict:
    serious = [item for item in cautions if item.weight is Weight.SERIOUS]
    level, headline = _ranking(figures)
    if serious:
        named = "; ".join(item.title.lower() for item in serious)
        headline = f"Not as it stands: {named}."
        level = Level.BROKEN
    told = [_at_the_point(judged, figures), _scope(judged)]
    return Verdict(level, headline, tuple(filter(None, told)))


def _ranking(figures: Mapping[str, Interval]) -> tuple[Level, str]:
    area = figures.get("auc") or figures.get("macro_auc")
    if area is None:
        return Level.UNSURE, "This set cannot tell: it lacks cases of one side."
    between = f"AUC {area.value:.3f}, 95% {area.low:.3f} to {area.high:.3f}"
    if area.low <= GUESSING:
        return Level.UNSURE, f"No: not clearly better than guessing ({between})."
    if area.high - area.low > WIDE:
        return Level.UNSURE, f"Better than guessing, but too few cases to say how good ({between})."
    if area.low >= STRONG:
        return Level.STRONG, f"On images like these, yes: it tells the classes apart ({between})."
    if area.low >= FAIR:
        return Level.FAIR, f"In part: it often tells the classes apart, not always ({between})."
    return Level.WEAK, f"Not much: better than guessing, far from reliable ({between})."


def _at_the_point(judged: Judged, figures: Mapping[str, Interval]) -> str:
    found, quiet = figures.get("sensitivity"), figures.get("specificity")
    titles = {item.name: item.title.lower() for item in judged.classes}
    group = " or ".join(titles.get(name, name) for name in judged.point.positive)
    told = []
    if found is not None:
        told.append(f"finds {_of_hundred(found, group)}")
    if quiet is not None:
        false = Interval(1 - quiet.value, 1 - quiet.high, 1 - quiet.low, quiet.n)
        told.append(f"raises a false alarm at {_of_hundred(false, 'other')}")
    return f"At its threshold it {' and '.join(told)}." if told else ""


def _of_hundred(found: Interval, what: str) -> str:
    """Nobody pictures 0.873; 87 of 100 anybody does."""
    low, value, high = (round(100 * share) for share in (found.low, found.value, found.high))
    return f"{value} of 100 {what} images ({low} to {high})"


def _scope(judged: Judged) -> str:
    counted = f"{judged.cases:,} {judged.unit} of {judged.patients:,} patients"
    where = f"Measured on {counted}: {judged.where}."
    if judged.synthetic:
        return f"{where} They are synthetic, so this says nothing about real patients."
    return f"{where} Other machines, places and people may give other figures."
