"""The parts of a report, each from one part of an evaluation."""

from collections.abc import Iterable, Sequence
from html import escape

from core.domain.card import ModelCard
from core.domain.evaluation import Caution, Difference, Evaluation, Weight
from core.domain.figures import FIGURES, FigureInfo, figure_info
from core.evaluation.report import told
from core.evaluation.report.markup import as_table, drawn, head_row
from core.evaluation.report.told import between
from core.evaluation.tables import Table, class_table, shown
from core.evaluation.verdict import verdict


def heading(item: Evaluation) -> str:
    return (
        f"<h1>{escape(item.judged.title)}</h1><p>{escape(told.measured(item))}</p>"
        f"<p class='faint'>{escape(told.threshold(item))}</p>"
    )


def answer(item: Evaluation) -> str:
    found = verdict(item)
    sentences = "".join(f"<p>{escape(text)}</p>" for text in found.sentences)
    return (
        f"<div class='answer {found.level}'><p><b>{escape(found.headline)}</b></p>{sentences}</div>"
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
    head = head_row(("Figure", "Value", "95% interval", "", "Images"))
    faint = [*told.missing(item, titles), *item.notes]
    notes = "".join(f"<p class='faint'>{escape(note)}</p>" for note in faint)
    context = f"<p>{escape(told.context(item))}</p>"
    return f"<h2>Figures</h2>{context}{as_table(head, rows)}{notes}"


def _figure(key: str, info: FigureInfo, item: Evaluation) -> str:
    found, star = item.figures[key], "*" if info.follows_prevalence else ""
    title = f"<td title='{escape(info.plain, quote=True)}'>{escape(info.title)}{star}</td>"
    return (
        f"<tr>{title}<td>{shown(found.value)}</td><td>{between(found)}</td>"
        f"<td>{drawn(key, found)}</td><td>{found.n}</td></tr>"
    )


def confusion(item: Evaluation) -> str:
    names = [c.title for c in item.judged.classes]
    rows = []
    for name, counts in zip(names, item.confusion, strict=True):
        total = sum(counts)
        cells = "".join(_cell(n, n / total if total else 0.0) for n in counts)
        rows.append(f"<tr><td>{escape(name)}</td>{cells}<td>{total}</td></tr>")
    head = head_row(("Truth \\ answer", *names, "Images"))
    note = "<p class='faint'>Shares are of the true class.</p>"
    return f"<h2>Confusion</h2>{note}{as_table(head, rows)}"


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
    return as_table(head_row(table.head), rows) + notes


def _published(item: Evaluation) -> str:
    listed = "".join(f"<li>{escape(line)}</li>" for line in told.published(item))
    return f"<p>Published, on their own data:</p><ul>{listed}</ul>" if listed else ""


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
    head = head_row(("Figure", "Models", "Difference", "95% interval", "p", "Test"))
    return f"<h2>Differences on the same cases</h2>{as_table(head, rows)}"


def card(found: ModelCard | None) -> str:
    if found is None:
        return ""
    items = told.card(found)
    listed = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in items.items())
    return (
        f"<h2>Model card: {escape(found.title)}</h2><p>{escape(found.summary)}</p><dl>{listed}</dl>"
    )
