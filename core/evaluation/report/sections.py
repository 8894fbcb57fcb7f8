"""The parts of a report, each from one part of an evaluation."""

from collections.abc import Iterable, Sequence
from html import escape

from core.domain.card import Interval, ModelCard
from core.domain.evaluation import (
    Caution,
    Difference,
    Evaluation,
    HeatmapReport,
    Subgroup,
    SubgroupTable,
    Weight,
)
from core.domain.figures import FIGURES, FigureInfo, figure_info
from core.evaluation.report.charts import faithfulness_chart
from core.evaluation.report.svg import whisker
from core.evaluation.tables import Table, class_table, shown

SCALES = {"mcc": (-1.0, 1.0), "kappa": (-1.0, 1.0)}
UNBOUNDED = {"log_loss"}


def heading(item: Evaluation) -> str:
    seen = item.judged
    synthetic = " <b>Synthetic images.</b>" if seen.synthetic else ""
    return (
        f"<h1>{escape(seen.title)}</h1>"
        f"<p>{escape(seen.model)}, measured on {escape(seen.where)}: {seen.cases} images of "
        f"{seen.patients} patients.{synthetic}</p>"
        f"<p class='faint'>{escape(seen.measured)}. Called positive when "
        f"{escape(' or '.join(seen.point.positive) or 'no class')} reaches a probability of "
        f"{seen.point.threshold:.3f}, chosen on {escape(seen.point.chosen_on)}. "
        f"{escape(seen.point.reason)}</p>"
    )


def cautions(found: Iterable[Caution]) -> str:
    return "".join(_caution(item) for item in found)


def _caution(item: Caution) -> str:
    style = "serious" if item.weight is Weight.SERIOUS else "caution"
    named = f"<p class='faint'>{escape('; '.join(item.examples))}</p>" if item.examples else ""
    return f"<div class='{style}'><b>{escape(item.title)}.</b> {escape(item.text)}{named}</div>"


def figures(item: Evaluation) -> str:
    """Grouped as the glossary groups them, each with its interval drawn."""
    titles = {c.name: c.title for c in item.judged.classes}
    named = {key: figure_info(key, titles) for key in item.figures}
    rows = []
    for group in dict.fromkeys(info.group for info in FIGURES.values()):
        own = [key for key, info in named.items() if info.group == group]
        if own:
            rows.append(f"<tr><td class='group' colspan='5'>{escape(group)}</td></tr>")
            rows += [_figure(key, named[key], item) for key in own]
    head = _head(("Figure", "Value", "95% interval", "", "Images"))
    missing = "".join(
        f"<p class='faint'>{escape(figure_info(key, titles).title)}: {escape(text)}</p>"
        for key, text in item.missing.items()
    )
    notes = "".join(f"<p class='faint'>{escape(note)}</p>" for note in item.notes)
    return f"<h2>Figures</h2>{_context(item)}{_table(head, rows)}{missing}{notes}"


def _context(item: Evaluation) -> str:
    seen = item.context
    parts = [
        f"Always answering {escape(seen.majority)} would be right in {seen.majority_accuracy:.1%} "
        "of cases."
    ]
    if seen.prevalence is not None:
        parts.append(
            f"{seen.prevalence:.1%} of the cases are positive; figures marked * change with that "
            "share and must not be compared with sets of another."
        )
    tried = [(s.title, s.auc) for s in seen.shortcuts if s.auc]
    if tried:
        listed = ", ".join(f"{escape(t)} {shown(i.value)} ({between(i)})" for t, i in tried)
        parts.append(f"AUC without looking at the image, on the same cases: {listed}.")
    return f"<p>{' '.join(parts)}</p>"


def _figure(key: str, info: FigureInfo, item: Evaluation) -> str:
    found, star = item.figures[key], "*" if info.follows_prevalence else ""
    title = f"<td title='{escape(info.plain, quote=True)}'>{escape(info.title)}{star}</td>"
    return (
        f"<tr>{title}<td>{shown(found.value)}</td><td>{between(found)}</td>"
        f"<td>{_drawn(key, found)}</td><td>{found.n}</td></tr>"
    )


def between(found: Interval) -> str:
    high = shown(found.high) if found.high != float("inf") else "open"
    low = shown(found.low) if found.low != float("-inf") else "open"
    return f"{low} to {high}"


def _drawn(key: str, found: Interval) -> str:
    if key in UNBOUNDED:
        return ""
    return whisker(found.value, found.low, found.high, SCALES.get(key, (0.0, 1.0)))


def confusion(item: Evaluation) -> str:
    names = [c.title for c in item.judged.classes]
    rows = []
    for name, counts in zip(names, item.confusion, strict=True):
        total = sum(counts)
        cells = "".join(_cell(n, n / total if total else 0.0) for n in counts)
        rows.append(f"<tr><td>{escape(name)}</td>{cells}<td>{total}</td></tr>")
    head = _head(("Truth \\ answer", *names, "Images"))
    return (
        f"<h2>Confusion</h2><p class='faint'>Shares are of the true class.</p>{_table(head, rows)}"
    )


def _cell(count: int, share: float) -> str:
    tint = f"background: color-mix(in srgb, var(--accent) {round(60 * share)}%, transparent)"
    return f"<td class='cell' style='{tint}'>{count}<br><span class='faint'>{share:.1%}</span></td>"


def per_class(item: Evaluation) -> str:
    table = class_table(item.per_class, "By class", item.published)
    return f"<h2>By class, beside published systems</h2>{html_table(table)}{_published(item)}"


def html_table(table: Table) -> str:
    rows = []
    for row in table.rows:
        style = " class='published'" if str(row[-1]).startswith("published") else ""
        rows.append(f"<tr{style}>{''.join(f'<td>{escape(shown(c))}</td>' for c in row)}</tr>")
    notes = "".join(f"<p class='faint'>{escape(note)}</p>" for note in table.notes)
    return _table(_head(table.head), rows) + notes


def _published(item: Evaluation) -> str:
    lines = [
        f"{other.system}, {other.model}: "
        + ", ".join(f"{figure_info(k).title} {shown(v)}" for k, v in other.figures.items())
        for other in item.published
        if other.figures
    ]
    listed = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<p>Published, on their own data:</p><ul>{listed}</ul>" if lines else ""


def subgroups(tables: Sequence[SubgroupTable]) -> str:
    if not tables:
        return ""
    return "<h2>Groups</h2>" + "".join(_subgroup(table) for table in tables)


def _subgroup(table: SubgroupTable) -> str:
    figure = table.figure or next((key for g in table.groups for key in g.figures), "")
    title = figure_info(figure).title if figure else ""
    rows = [_group(group, figure) for group in table.groups]
    head = _head(
        (table.title, title, "95% interval", "", "Sensitivity", "Specificity", "Images", "Patients")
    )
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
    notes = f"<p class='faint'>{escape(' '.join(told))}</p>"
    return f"<h3>{escape(table.title)}</h3>{_table(head, rows)}{notes}"


def _group(group: Subgroup, figure: str) -> str:
    found = group.figures.get(figure)
    main = (
        f"<td>{shown(found.value)}</td><td>{between(found)}</td><td>{_drawn(figure, found)}</td>"
        if found
        else "<td>–</td><td></td><td></td>"
    )
    rates = "".join(
        f"<td>{shown(group.figures[key].value) if key in group.figures else '–'}</td>"
        for key in ("sensitivity", "specificity")
    )
    style = " class='small'" if group.small else ""
    return (
        f"<tr{style}><td>{escape(group.value)}</td>{main}{rates}"
        f"<td>{group.cases}</td><td>{group.patients}</td></tr>"
    )


HEATMAP_COLUMNS = {
    "hit": "Hottest spot inside",
    "energy": "Energy inside",
    "iou": "Best overlap (IoU)",
    "average_precision": "Average precision",
    "distance_share": "Distance, of breast",
}


def heatmaps(found: HeatmapReport | None) -> str:
    if found is None:
        return ""
    rows = []
    for row in found.rows:
        style = " class='published'" if row.baseline else ""
        cells = "".join(
            f"<td>{shown(row.figures[key].value)}<br><span class='faint'>"
            f"{between(row.figures[key])}</span></td>"
            for key in HEATMAP_COLUMNS
        )
        name = f"{row.title}{' (never saw the model)' if row.baseline else ''}"
        rows.append(
            f"<tr{style}><td>{escape(name)}</td><td>{row.among}</td>{cells}<td>{row.images}</td></tr>"
        )
    head = _head(("Map", "Answers", *HEATMAP_COLUMNS.values(), "Images"))
    charts = "".join(faithfulness_chart(n, f).to_html() for n, f in found.faithfulness.items())
    sanity = "".join(
        f"<p>{escape(name)}: maps of the trained model and of one with shuffled weights have "
        f"a rank correlation of {shown(i.value)} ({between(i)}, {i.n} images); near 0 is good.</p>"
        for name, i in found.sanity.items()
    )
    notes = "".join(f"<p class='faint'>{escape(note)}</p>" for note in found.notes)
    return (
        f"<h2>Heatmap against lesion</h2>{_table(head, rows)}{notes}"
        f"<div class='charts'>{charts}</div>{sanity}"
    )


def differences(found: Sequence[Difference]) -> str:
    if not found:
        return ""
    rows = []
    for item in found:
        p = "" if item.p is None else f"{item.p:.3g}"
        rows.append(
            f"<tr><td>{escape(figure_info(item.figure).title)}</td>"
            f"<td class='text'>{escape(item.first)} − {escape(item.second)}</td>"
            f"<td>{item.difference.value:+.3f}</td>"
            f"<td>{item.difference.low:+.3f} to {item.difference.high:+.3f}</td><td>{p}</td>"
            f"<td class='text'>{escape(item.test)}</td></tr>"
        )
    head = _head(("Figure", "Models", "Difference", "95% interval", "p", "Test"))
    return f"<h2>Differences on the same cases</h2>{_table(head, rows)}"


def card(found: ModelCard | None) -> str:
    if found is None:
        return ""
    items = {
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
    listed = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in items.items())
    return (
        f"<h2>Model card: {escape(found.title)}</h2><p>{escape(found.summary)}</p><dl>{listed}</dl>"
    )


def _head(titles: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<th>{escape(title)}</th>" for title in titles) + "</tr>"


def _table(head: str, rows: Iterable[str]) -> str:
    body = "".join(rows)
    return f"<div class='scroll'><table><thead>{head}</thead><tbody>{body}</tbody></table></div>"
