"""The parts of a report on groups of cases and on heatmaps."""

from collections.abc import Sequence
from html import escape

from core.domain.evaluation import Subgroup, SubgroupTable
from core.domain.heatmaps import HeatmapReport
from core.evaluation.report import told
from core.evaluation.report.charts import faithfulness_chart
from core.evaluation.report.markup import as_table, drawn, head_row
from core.evaluation.report.told import between
from core.evaluation.tables import shown


def subgroups(tables: Sequence[SubgroupTable]) -> str:
    if not tables:
        return ""
    return "<h2>Groups</h2>" + "".join(_subgroup(table) for table in tables)


def _subgroup(table: SubgroupTable) -> str:
    figure, title = told.group_figure(table)
    rows = [_group(group, figure) for group in table.groups]
    head = head_row(
        (table.title, title, "95% interval", "", "Sensitivity", "Specificity", "Images", "Patients")
    )
    notes = f"<p class='faint'>{escape(told.group_notes(table))}</p>"
    return f"<h3>{escape(table.title)}</h3>{as_table(head, rows)}{notes}"


def _group(group: Subgroup, figure: str) -> str:
    found = group.figures.get(figure)
    main = (
        f"<td>{shown(found.value)}</td><td>{between(found)}</td><td>{drawn(figure, found)}</td>"
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
    head = head_row(("Map", "Answers", *HEATMAP_COLUMNS.values(), "Images"))
    charts = "".join(faithfulness_chart(n, f).to_html() for n, f in found.faithfulness.items())
    sanity = "".join(f"<p>{escape(told.sanity(n, i))}</p>" for n, i in found.sanity.items())
    notes = "".join(f"<p class='faint'>{escape(note)}</p>" for note in found.notes)
    return (
        f"<h2>Heatmap against lesion</h2>{as_table(head, rows)}{notes}"
        f"<div class='charts'>{charts}</div>{sanity}"
    )
