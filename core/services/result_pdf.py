"""One answer on paper: image and heatmap, the result in plain words, and the card."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import cv2
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, KeepTogether, SimpleDocTemplate, Spacer

from core import __version__
from core.domain.card import ClassCard
from core.domain.prediction import Prediction
from core.evaluation.report import told
from core.evaluation.report.pdf import look
from core.evaluation.report.pdf.tables import boxed, side_by_side, table
from core.explanation import METHODS
from core.services.agreement import agreement
from core.services.overlay import Rgb, grey
from core.services.result_document import NOTICE
from core.services.sureness import Sureness

TALLEST = 110 * mm
MOST_PIXELS = 1000
PADDING = 6  # what the page template keeps free at each side of its frame


def result_pdf(
    title: str,
    prediction: Prediction,
    overlay: Rgb | None,
    cautions: Sequence[str] = (),
    steady: Sureness | None = None,
) -> bytes:
    """`cautions` is what the page warns of above the answer."""
    body: list[Flowable] = [
        look.words(title, look.TITLE),
        look.words(f"Model: {prediction.card.title}. {date.today():%d %B %Y}.", look.SMALL),
        Spacer(1, 6),
    ]
    body += [boxed([look.words(text)], look.RED_PAPER, look.RED) for text in cautions]
    body += [Spacer(1, 4), _answer(prediction), Spacer(1, 6), _pictures(prediction, overlay)]
    body += _probabilities(prediction, steady)
    body += [look.words(f"About the model: {prediction.card.title}", look.SECTION)]
    for name, text in told.card(prediction.card).items():
        body.append(KeepTogether([look.words(name, look.SUBSECTION), look.words(text)]))
    return _built(title, body)


def _answer(prediction: Prediction) -> Flowable:
    if prediction.label is None:
        reasons = [look.words(reason) for reason in prediction.fitness.reasons]
        return boxed([look.words("No answer", look.ANSWER), *reasons], look.PANEL, look.ACCENT)
    chosen = _class(prediction, prediction.label)
    chance = prediction.probabilities[chosen.name]
    inside = [look.words(f"{chosen.title}, {chance:.1%}", look.ANSWER), look.words(chosen.plain)]
    return boxed(inside, look.PANEL, look.ACCENT)


def _class(prediction: Prediction, name: str) -> ClassCard:
    return next(item for item in prediction.card.classes if item.name == name)


def _pictures(prediction: Prediction, overlay: Rgb | None) -> Flowable:
    cells = [[_image(grey(prediction.mammogram.pixels)), look.words("The image", look.CAPTION)]]
    heat = prediction.heatmap
    if heat and heat.empty:
        text = f"No region spoke for {_class(prediction, heat.target).title}."
        cells.append([look.words(text, look.CAPTION)])
    elif heat and overlay is not None:
        method, spoken = METHODS.load(heat.method).title, _class(prediction, heat.target).title
        said = f"Heatmap ({method}): what spoke for {spoken}. "
        said += "It shows where the model looked, not where a finding ends."
        cells.append([_image(overlay), look.words(said, look.CAPTION)])
    return side_by_side(cells, 2)


def _image(picture: Rgb) -> Image:
    rows, columns = picture.shape[:2]
    shrink = min(1.0, MOST_PIXELS / max(rows, columns))
    small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    data = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
    factor = min((look.ROOM / 2 - 10) / columns, TALLEST / rows)
    return Image(io.BytesIO(data.tobytes()), columns * factor, rows * factor, hAlign="LEFT")


def _probabilities(prediction: Prediction, steady: Sureness | None) -> list[Flowable]:
    if not prediction.probabilities:
        return []
    point = prediction.card.operating_point
    rows: list[list[Any]] = [
        [_class(prediction, name).title, f"{share:.1%}"]
        for name, share in prediction.probabilities.items()
    ]
    positive = " or ".join(_class(prediction, name).title.lower() for name in point.positive)
    notes = [f"The model answers {positive} from {point.threshold:.1%} on."]
    if steady:
        notes.append(
            f"Asked about {steady.views} slightly changed copies of the image, {steady.agree} had "
            f"the same answer, with {steady.low:.1%} to {steady.high:.1%}."
        )
    if networks := agreement(prediction):
        notes.append(
            f"Of its {networks.networks} networks, trained on different patients, {networks.agree} "
            f"had the same answer, with {networks.low:.1%} to {networks.high:.1%}."
        )
    return [
        look.words("Probabilities", look.SECTION),
        table(("Class", "Probability"), rows, (4, 1)),
        *(look.words(note, look.SMALL) for note in notes),
    ]


def _built(title: str, body: list[Flowable]) -> bytes:
    file = io.BytesIO()
    made = SimpleDocTemplate(
        file,
        pagesize=(look.WIDTH, look.HEIGHT),
        leftMargin=look.MARGIN - PADDING,
        rightMargin=look.MARGIN - PADDING,
        topMargin=look.MARGIN,
        bottomMargin=look.MARGIN,
        title=title,
        author=f"Mammolens {__version__}",
        subject=NOTICE,
    )
    made.build(body, onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


def _foot(canvas: Any, _document: Any) -> None:
    canvas.setFont(look.BOLD, 8)
    canvas.setFillColor(look.FAINT)
    canvas.drawString(look.MARGIN, 10 * mm, f"{NOTICE}. Mammolens {__version__}.")
    canvas.drawRightString(look.WIDTH - look.MARGIN, 10 * mm, f"Page {canvas.getPageNumber()}")
