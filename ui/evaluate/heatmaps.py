"""Do the heatmaps show the lesion? Scores beside maps that never saw the model, and the cases."""

import html
from functools import partial

import pandas as pd
import streamlit as st

from core.domain.card import Interval
from core.domain.heatmaps import Faithfulness, HeatmapReport, HeatmapRow
from core.services import case_pictures, evaluation_job, explaining, lesion_maps
from core.services.evaluation_view import shown
from ui import words
from ui.charts_scores import faithfulness
from ui.data import command, gallery_grid
from ui.evaluate import case_dialog, look, memory, offers, stock, terms
from ui.evaluate.look import Row
from ui.evaluate.maps import heat_of
from ui.evaluate.room import Room
from ui.evaluate.stock import Shown

COLUMNS = {
    "hit": "Hottest spot inside",
    "energy": "Energy inside",
    "iou": "Best overlap (IoU)",
    "average_precision": "Average precision",
    "distance_share": "Distance, share of breast",
}
AMONG = {"all": "All", "correct": "Right answers", "wrong": "Wrong answers"}
SHOWN_CASES = 12
# A correlation this low says that the maps follow what was learned.
FOLLOWS = 0.3
LEADS = 0.4


def show(room: Room) -> None:
    item = room.first
    if reason := explaining.why_not(item.found):
        st.info(reason, icon=":material/visibility_off:")
        return
    report = stock.heatmaps(item)
    if report is None:
        st.markdown(
            "Nobody has put this model's heatmaps to these images yet. Each map is compared with "
            "the outlined finding, beside four maps that never saw the model; two further tests "
            "ask whether the score rests on what the map shows, and whether the map depends on "
            "what the model learned."
        )
        _offer(room, item)
        return
    st.markdown(sentence(report))
    among = st.segmented_control(
        "Among",
        list(AMONG),
        default="all",
        required=True,
        format_func=AMONG.__getitem__,
        key=memory.key("heatmaps.among"),
    )
    _table(report, among)
    _tests(report)
    _cases(room, item, report, among)
    with st.container(horizontal=True):
        look.csv("heatmaps", lambda: _frame(report), "Table (CSV)")
        look.csv("heatmap-cases", lambda: pd.DataFrame(report.cases), "Every case (CSV)")
    with st.expander("Score other methods", icon=":material/tune:"):
        _offer(room, item)
    command.show(offers.evaluate_words(room.wish, "--heatmaps"))


def _offer(room: Room, item: Shown) -> None:
    if not item.found.index["findings"].fillna("[]").str.len().gt(2).any():
        st.info("No image here has an outlined finding, so there is nothing to compare with.")
        return
    methods = _methods(item)
    busy = bool((job := evaluation_job.latest([item.name], room.wish.dataset)) and job.active)
    if st.button(
        "Score the heatmaps",
        type="primary",
        icon=":material/play_arrow:",
        disabled=busy,
        key=memory.key("heatmaps.go"),
    ):
        offers.tell_faults(
            lambda: evaluation_job.start(
                [item.name],
                room.wish.dataset,
                split=room.wish.split,
                part=room.wish.part,
                heatmaps=True,
                methods=methods,
            )
        )
    said = [word for name in methods for word in ("--method", name)]
    command.show(offers.evaluate_words(room.wish, "--heatmaps", *said))


def _methods(item: Shown) -> list[str]:
    """Slow ones only where somebody asks for them."""
    known = lesion_maps.offered(item.found.subject.kind)
    chosen: list[str] = st.multiselect(
        "Methods",
        list(known),
        default=list(lesion_maps.usual(item.found.subject.kind)),
        format_func=lambda name: f"{known[name].title} ({known[name].cost})",
        key=memory.key("heatmaps.methods"),
        help="\n\n".join(f"**{one.title}.** {one.plain}" for one in known.values()),
    )
    return chosen


def sentence(report: HeatmapReport) -> str:
    """The best method against the best baseline, by how often the hottest spot is inside."""
    rows = [row for row in report.rows if row.among == "all"]
    own = max((r for r in rows if not r.baseline), key=_hits)
    rival = max((r for r in rows if r.baseline), key=_hits)
    mine, theirs = own.figures["hit"], rival.figures["hit"]
    said = (
        f"**{own.title}** points into the finding in {mine.value:.0%} of "
        f"{words.count(own.images, 'image')} ({mine.low:.0%} to {mine.high:.0%}); "
        f"the best map that never saw the model, **{rival.title.lower()}**, in "
        f"{theirs.value:.0%} ({theirs.low:.0%} to {theirs.high:.0%})."
    )
    if mine.low > theirs.high:
        return f"{said} The heatmap shows more than that."
    return f"{said} It is not clearly better, so it explains little here."


def _hits(row: HeatmapRow) -> float:
    return row.figures["hit"].value


def _table(report: HeatmapReport, among: str) -> None:
    rows = [
        Row(
            (
                html.escape(row.title) + ("<small>never saw the model</small>" * row.baseline),
                *(
                    f"{shown(row.figures[key].value)}<small>{look.between(row.figures[key])}</small>"
                    for key in COLUMNS
                ),
                f"{row.images:,}",
            ),
            "baseline" if row.baseline else "",
        )
        for row in report.rows
        if row.among == among
    ]
    if not rows:
        st.info("No answer is of this kind.")
        return
    look.table(("Map", *COLUMNS.values(), "Images"), rows, "Heatmaps against lesions")
    st.caption(
        f"{terms.explain('baseline')} A short distance is good; of the others, a high value."
    )
    for note in report.notes:
        st.caption(note)


def _columns(found: Faithfulness) -> pd.DataFrame:
    return pd.DataFrame(found.columns())


def _tests(report: HeatmapReport) -> None:
    titles = {row.method: row.title for row in report.rows}
    with st.container(key="evaluate-faithful"):
        for name, found in report.faithfulness.items():
            look.chart(
                f"faithfulness.{name}",
                f"{titles.get(name, name)}: does the score rest on it?",
                faithfulness(found),
                partial(_columns, found),
                note=f"Area under deletion {found.deletion_area:.3f} (low is good), under "
                f"insertion {found.insertion_area:.3f} (high is good); dotted: in random order.",
            )
    for name, likeness in report.sanity.items():
        st.markdown(
            f"**{titles.get(name, name)}, shuffled weights:** maps of the trained model and of one "
            f"with shuffled weights are alike by {likeness.value:.2f} ({look.between(likeness)}, "
            f"{words.count(likeness.n, 'image')}), {_follows(likeness)}."
        )


def _follows(likeness: Interval) -> str:
    if likeness.value < FOLLOWS:
        return "so the maps follow what the model learned"
    if likeness.low > LEADS:
        return "so the maps show the image more than what the model learned"
    return "so the maps follow what the model learned in part only"


def _cases(room: Room, item: Shown, report: HeatmapReport, among: str) -> None:
    st.subheader("The cases", anchor=False)
    order = st.segmented_control(
        "Order",
        ["Worst maps first", "Best maps first"],
        default="Worst maps first",
        required=True,
        key=memory.key("heatmaps.order"),
        label_visibility="collapsed",
    )
    table = pd.DataFrame(report.cases)
    methods = table.loc[~table["baseline"], "method"].unique().tolist()
    titles = {row.method: row.title for row in report.rows}
    method = methods[0]
    if len(methods) > 1:
        method = st.segmented_control(
            "Method",
            methods,
            default=method,
            required=True,
            format_func=lambda name: titles.get(name, name),
            key=memory.key_among("heatmaps.method", methods),
        )
    own = table[table["method"] == method]
    if among != "all":
        own = own[own["correct"] == (among == "correct")]
    own = own.sort_values("energy", ascending=order.startswith("Worst")).head(SHOWN_CASES)
    cases = item.found.cases().set_index("image_id").loc[own["image_id"]].reset_index()
    rows = [int(row) for row in cases["row"]]
    # Scored maps are of the true class.
    heat = heat_of(item, rows, list(cases["class"]), method)
    tiles = case_pictures.tiles(item.found, cases, item.titles, heat)
    pressed = gallery_grid.show(
        memory.key("heatmaps.grid"), tiles, item.titles, findings=True, side=12.0
    )
    st.caption("Ordered by the share of the map's energy inside the finding, outlined in yellow.")
    if pressed in rows:
        case_dialog.show(room, item, rows, int(pressed))


def _frame(report: HeatmapReport) -> pd.DataFrame:
    rows = []
    for row in report.rows:
        line = {"map": row.title, "baseline": row.baseline, "answers": row.among}
        line["images"] = row.images
        for key, found in row.figures.items():
            line |= {key: found.value, f"{key}_low": found.low, f"{key}_high": found.high}
        rows.append(line)
    return pd.DataFrame(rows)
