"""Sentences of a report, the same on the screen and on paper."""

from core.domain.card import Interval, ModelCard
from core.domain.evaluation import Evaluation, SubgroupTable
from core.domain.figures import figure_info
from core.evaluation.tables import shown

NOTICE = "Research and teaching only, not for diagnosis of patients."
METHOD = (
    "Intervals are 95% bootstrap intervals: patients are drawn with replacement, all their images "
    "with them; percentiles are widened for few patients (Hesterberg 2014), and a figure that no "
    "draw changes gets the exact binomial bound for as many patients. Published figures were "
    "measured by others on their own data."
)


def between(found: Interval) -> str:
    high = shown(found.high) if found.high != float("inf") else "open"
    low = shown(found.low) if found.low != float("-inf") else "open"
    return f"{low} to {high}"


def measured(item: Evaluation) -> str:
    seen = item.judged
    synthetic = " Synthetic images." if seen.synthetic else ""
    return (
        f"{seen.model}, measured on {seen.where}: {seen.cases} {seen.unit} of {seen.patients} "
        f"patients.{synthetic}"
    )


def threshold(item: Evaluation) -> str:
    seen = item.judged
    group = " or ".join(seen.point.positive) or "no class"
    when = seen.measured[:16].replace("T", " ")
    return (
        f"{when}. Called positive when {group} reaches a probability of "
        f"{seen.point.threshold:.3f}, chosen on {seen.point.chosen_on}. {seen.point.reason}"
    )


def context(item: Evaluation) -> str:
    seen = item.context
    titles = {c.name: c.title.lower() for c in item.judged.classes}
    commonest = titles.get(seen.majority, seen.majority)
    parts = [
        f"Always answering {commonest} would be right in {seen.majority_accuracy:.1%} of cases."
    ]
    if seen.prevalence is not None:
        parts.append(
            f"{seen.prevalence:.1%} of the cases are positive; figures marked * change with that "
            "share and must not be compared with sets of another."
        )
    tried = [(s.title, s.auc) for s in seen.shortcuts if s.auc]
    if tried:
        listed = ", ".join(f"{t} {shown(i.value)} ({between(i)})" for t, i in tried)
        parts.append(f"AUC without looking at the image, on the same cases: {listed}.")
    return " ".join(parts)


def missing(item: Evaluation, titles: dict[str, str]) -> list[str]:
    return [f"{figure_info(key, titles).title}: {text}" for key, text in item.missing.items()]


def published(item: Evaluation) -> list[str]:
    return [
        f"{other.system}, {other.model}: "
        + ", ".join(f"{figure_info(k).title} {shown(v)}" for k, v in other.figures.items())
        for other in item.published
        if other.figures
    ]


def group_figure(table: SubgroupTable) -> tuple[str, str]:
    """The figure that a table of groups is drawn in, and its title."""
    figure = table.figure or next((key for g in table.groups for key in g.figures), "")
    return figure, figure_info(figure).title if figure else ""


def group_notes(table: SubgroupTable) -> str:
    _, title = group_figure(table)
    told = []
    if table.gap is not None:
        told.append(f"Largest gap in {title}: {table.gap:.3f}.")
    if table.p is not None:
        told.append(f"Chance alone would set groups so far apart with p = {table.p:.3f}.")
    if table.unknown:
        told.append(f"Not known for {table.unknown} images.")
    told += table.notes
    if any(group.small for group in table.groups):
        told.append("Grey groups have too few patients to say much.")
    return " ".join(told)


def sanity(name: str, found: Interval) -> str:
    return (
        f"{name}: maps of the trained model and of one with shuffled weights have a rank "
        f"correlation of {shown(found.value)} ({between(found)}, {found.n} images); near 0 is good."
    )


def card(found: ModelCard) -> dict[str, str]:
    return {
        "What it is for": found.intended_use,
        "Known weaknesses": " ".join(found.weaknesses) or "none stated",
        "Trained on": f"{found.data.dataset}, {found.data.images} images of "
        f"{found.data.patients} patients, split {found.data.split}. {found.data.terms}",
        "Classes": "; ".join(f"{c.title}: {c.plain}" for c in found.classes),
        "Preprocessing": f"{found.preprocessing.name}: "
        + ", ".join(step.step for step in found.preprocessing.steps)
        + f"; {found.preprocessing.height} by {found.preprocessing.width} pixels",
        "Figures on its card": f"measured on {found.measured_on}: "
        + ", ".join(f"{figure_info(k).title} {shown(i.value)}" for k, i in found.metrics.items()),
        "Calibration": f"temperature {found.calibration.temperature:.3f}, fitted on "
        f"{found.calibration.fitted_on}",
        "Versions": ", ".join(f"{name} {number}" for name, number in found.versions.items()),
    }
