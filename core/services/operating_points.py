"""Thresholds: suggested on validation cases, known by where they come from, kept on the card."""

from dataclasses import dataclass, replace

from core import paths
from core.domain.card import OperatingPoint
from core.domain.dataset import VALIDATION
from core.domain.figures import figure_info
from core.errors import ConfigError, InputError
from core.evaluation.operating_point import Rule, choose
from core.services.catalogue import CARD, bundle
from core.services.judgement import Judgement, judge
from core.services.subjects import subject
from core.training.atomic import write_text


@dataclass(frozen=True)
class Suggestion:
    """`threshold` is None where the rule cannot be kept; `problem` says why."""

    rule: str
    title: str
    threshold: float | None
    problem: str = ""


_RULES: tuple[tuple[str, str, Rule, float], ...] = (
    ("youden", "Best balance (Youden)", "youden", 0.9),
    ("sensitivity-90", "Find at least 90%", "sensitivity", 0.90),
    ("sensitivity-95", "Find at least 95%", "sensitivity", 0.95),
    ("specificity-90", "At most 10% false alarms", "specificity", 0.90),
)


def suggestions(found: Judgement, *, miss_cost: float = 10.0) -> tuple[Suggestion, ...]:
    """Give validation cases: a threshold chosen on test cases flatters every figure at it."""
    rules = (*_RULES, ("cost", f"A miss costs {miss_cost:g} false alarms", "cost", 0.9))
    made = []
    for name, title, rule, at_least in rules:
        sample = found.sample
        try:
            threshold = choose(
                sample.is_positive, sample.score, rule, at_least=at_least, miss_cost=miss_cost
            )
            made.append(Suggestion(name, title, min(threshold, 1.0)))
        except InputError as fault:
            made.append(Suggestion(name, title, None, str(fault)))
    return tuple(made)


def chosen_point(found: Judgement, threshold: float, reason: str) -> OperatingPoint:
    """An operating point that says on which cases it was chosen."""
    where = f"{found.part or 'all'} part of {found.dataset.info.name}"
    return OperatingPoint(threshold, found.subject.positive, where, reason)


def validation_of(model: str) -> Judgement:
    """The cases that a threshold may be chosen on."""
    item = subject(model)
    if item.members:
        raise InputError(
            f"{model!r} is made of all folds of a cross-validation, so no image is left to choose "
            "a threshold on. Its own is the middle of those that the folds chose on their "
            "validation images."
        )
    return judge(model, item.trained_on, split=item.split, part=VALIDATION)


def suggested(found: Judgement, rule: str, *, miss_cost: float = 10.0) -> Suggestion:
    offers = {offer.rule: offer for offer in suggestions(found, miss_cost=miss_cost)}
    if rule not in offers:
        raise ConfigError(f"There is no rule {rule!r}. Known: {', '.join(offers)}.")
    return offers[rule]


def store(model: str, point: OperatingPoint) -> None:
    """On the card of a model of one's own; shipped models stay as they were measured."""
    item = bundle(model)
    if item.shipped:
        raise InputError(
            f"{model!r} came with the program and is not changed. Publish a model of your own."
        )
    if not 0 <= point.threshold <= 1:
        raise ConfigError(f"A threshold lies between 0 and 1. Received: {point.threshold}.")
    # What was measured at the old threshold says nothing about the new one.
    kept = {
        name: value
        for name, value in item.card.metrics.items()
        if not figure_info(name).by_threshold
    }
    card = replace(item.card, operating_point=point, metrics=kept)
    write_text(paths.models() / item.path.name / CARD, card.to_json())
