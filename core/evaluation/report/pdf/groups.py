"""Groups of cases and heatmaps on paper."""

from collections.abc import Sequence

from reportlab.platypus import KeepTogether

from core.domain.evaluation import Subgroup, SubgroupTable
from core.domain.heatmaps import HeatmapReport
from core.evaluation.report import told
from core.evaluation.report.charts import faithfulness_chart
from core.evaluation.report.groups import HEATMAP_COLUMNS
from core.evaluation.report.pdf import look
from core.evaluation.report.pdf.drawing import whisker
from core.evaluation.report.pdf.parts import Parts, curves
from core.evaluation.report.pdf.tables import Cell, table
from core.evaluation.report.told import between
from core.evaluation.tables import shown


def subgroups(tables: Sequence[SubgroupTable]) -> Parts:
    parts = [_subgroup(one) for one in tables]
    if not parts:
        return []
    parts[0].insert(0, look.words("Groups", look.SECTION))
    return [KeepTogether(part) for part in parts]


def _subgroup(one: SubgroupTable) -> Parts:
    figure, title = told.group_figure(one)
    head = (one.title, title, "95% interval", "", "Sens.", "Spec.", "Images", "Patients")
    made = table(
        head,
        [_group(group, figure) for group in one.groups],
        (2.6, 1, 1.6, 1.5, 0.8, 0.8, 0.9, 0.9),
    )
    note = look.words(told.group_notes(one), look.SMALL)
    return [look.words(one.title, look.SUBSECTION), made, note]


def _group(group: Subgroup, figure: str) -> list[Cell]:
    found = group.figures.get(figure)
    style = look.SMALL if group.small else look.CELL
    name: Cell = look.words(group.value + (" (few)" if group.small else ""), style)
    main: list[Cell] = ["–", "", ""]
    if found:
        main = [shown(found.value), between(found), whisker(found, (0.0, 1.0))]
    rates: list[Cell] = [
        shown(group.figures[key].value) if key in group.figures else "–"
        for key in ("sensitivity", "specificity")
    ]
    return [name, *main, *rates, f"{group.cases:,}", f"{group.patients:,}"]


def heatmaps(found: HeatmapReport | None) -> Parts:
    if found is None:
        return []
    rows: list[list[Cell]] = []
    for row in found.rows:
        style = look.SMALL if row.baseline else look.CELL
        title = row.title + (" (never saw the model)" if row.baseline else "")
        cells: list[Cell] = [
            f"{shown(row.figures[key].value)} ({between(row.figures[key])})"
            for key in HEATMAP_COLUMNS
        ]
        rows.append([look.words(title, style), row.among, *cells, f"{row.images:,}"])
    head = ("Map", "Answers", *HEATMAP_COLUMNS.values(), "Images")
    charts = [faithfulness_chart(name, one) for name, one in found.faithfulness.items()]
    faint = [*found.notes, *(told.sanity(name, one) for name, one in found.sanity.items())]
    return [
        look.words("Heatmap against lesion", look.SECTION),
        table(head, rows, (2, 0.9, *(1.35 for _ in HEATMAP_COLUMNS), 0.8)),
        *(look.words(text, look.SMALL) for text in faint),
        *curves(charts, ""),
    ]
