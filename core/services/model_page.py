"""A model's card as a page of text, for whoever finds its folder."""

from collections.abc import Iterable

from core.domain.card import Interval, ModelCard
from core.domain.figures import PROPERTY_TITLES

BREAST = "breast_auc"
_BASELINES = {"age": "age", "machine": "the machine"}
SHOWN = (
    ("auc", "AUC"),
    (BREAST, "AUC for a breast, mean of its views"),
    ("macro_auc", "AUC, mean of the classes"),
    ("sensitivity", "Sensitivity"),
    ("specificity", "Specificity"),
    ("precision", "Precision"),
    ("accuracy", "Accuracy"),
    ("balanced_accuracy", "Balanced accuracy"),
    ("macro_f1", "F1, mean of the classes"),
    ("f1", "F1"),
    ("brier", "Brier score"),
    ("ece", "Calibration error"),
)


def page(card: ModelCard) -> str:
    parts = [
        f"# {card.title}",
        card.summary,
        f"**Intended use.** {card.intended_use}",
        "## Answers",
        _classes(card),
        "## How good it is",
        f"Measured on the {card.measured_on}. Intervals are 95%, with whole patients drawn again.",
        _figures(card),
        *_without_image(card),
        _point(card),
        *_where_weaker(card),
        "## What it learned from",
        _data(card),
        "## Weaknesses",
        "\n".join(f"- {sentence}" for sentence in card.weaknesses) or "None known.",
        "## How it was made",
        _made(card),
        "Everything above, and the whole configuration, is in `card.json`.",
    ]
    return "\n\n".join(parts) + "\n"


def _classes(card: ModelCard) -> str:
    return "\n".join(f"- **{item.title}** (`{item.name}`): {item.plain}" for item in card.classes)


def _figures(card: ModelCard) -> str:
    unit = {"image": "images", "exam": "breasts", "patch": "patches"}[card.kind]
    rows = [
        f"| {title} | {_figure(card.metrics[name])} | {_count(name, card.metrics[name].n)} |"
        for name, title in SHOWN
        if name in card.metrics
    ]
    return "\n".join([f"| figure | value (95% interval) | {unit} |", "| --- | --- | --- |", *rows])


def _count(name: str, n: int) -> str:
    return f"{n} breasts" if name == BREAST else str(n)


def _without_image(card: ModelCard) -> list[str]:
    """What its AUC must be read against."""
    told = [
        f"{_BASELINES.get(name, name)} alone {_figure(found)}"
        for name, found in card.baselines.items()
    ]
    return [f"Without the image, on the same patients, AUC: {', '.join(told)}."] if told else []


def property_title(by: str) -> str:
    """What a property by which figures are split is called."""
    return PROPERTY_TITLES.get(by, by)


def _where_weaker(card: ModelCard) -> list[str]:
    if not card.by_group:
        return []
    rows = [
        f"| {property_title(g.by)} | {g.value} | {_figure(g.interval)} | {g.cases} "
        f"| {g.patients} | {g.positives} |"
        for g in card.by_group
    ]
    heads = "| property | value | AUC (95% interval) | cases | patients | positives |"
    return [
        "## Where it is weaker",
        "AUC by machine, density, age and view, for groups with enough patients.",
        "\n".join([heads, "| --- | --- | --- | --- | --- | --- |", *rows]),
    ]


def _figure(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _each(said: Iterable[str]) -> str:
    """Of several networks; once where all have the same."""
    known = list(said)
    return known[0] if len(set(known)) == 1 else ", ".join(known)


def _point(card: ModelCard) -> str:
    point = card.operating_point
    names = " or ".join(point.positive)
    what = {"image": "An image", "exam": "A breast", "patch": "A patch"}[card.kind]
    divided = f"{card.calibration.temperature:.3f}"
    if card.members:
        divided = _each(f"{one.temperature:.3f}" for one in card.members)
    shifts = _each("/".join(f"{by:+.3f}" for by in one.shift) for one in card.members)
    shifted = f" and shifted by {shifts}" if shifts else ""
    return (
        f"{what} is called {names} from a probability of {point.threshold:.3f} on. "
        f"{point.reason} It was chosen on the {point.chosen_on}. Logits are divided by "
        f"{divided}{shifted} (fitted on the {card.calibration.fitted_on})."
    )


def _data(card: ModelCard) -> str:
    known = card.data
    kind = "synthetic " if known.synthetic else ""
    terms = f" Terms: {known.terms}" if known.terms else ""
    return (
        f"{known.images} {kind}images of {known.patients} patients of the dataset "
        f"`{known.dataset}`, {_division(card)}.{terms}"
    )


def _division(card: ModelCard) -> str:
    if not card.members:
        return f"split `{card.data.split}`"
    kept = f", the test part of `{card.data.split}` kept aside" if card.data.split else ""
    return f"in {card.training['folds']} folds{kept}"


def _made(card: ModelCard) -> str:
    made = card.training
    recipe = f"recipe `{made['recipe']}`, " if made.get("recipe") else ""
    libraries = ", ".join(f"{name} {number}" for name, number in card.versions.items())
    best = made.get("best") or {}
    chosen = f", best {best['metric']} in epoch {best['epoch']}" if best else ""
    if card.members:
        return (
            f"{len(card.members)} networks `{card.model['name']}`, {recipe}one for each fold of "
            f"the cross-validation `{made['group']}`, up to {made['epochs_done']} epochs each. "
            f"Each network's calibrated logits are averaged. {libraries}."
        )
    return (
        f"Model `{card.model['name']}`, {recipe}{made['epochs_done']} epochs{chosen}, "
        f"seed {made['seed']}. {libraries}."
    )
