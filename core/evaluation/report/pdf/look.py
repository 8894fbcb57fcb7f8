"""How the report looks on paper: measures, colours, text styles, and safe text."""

from html import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph

WIDTH, HEIGHT = A4
MARGIN = 17 * mm
ROOM = WIDTH - 2 * MARGIN
INK, FAINT, LINE = HexColor("#1b1f24"), HexColor("#5d6770"), HexColor("#d9dee3")
PANEL, ACCENT = HexColor("#f4f6f8"), HexColor("#0072B2")
RED, RED_PAPER = HexColor("#b3261e"), HexColor("#fdecea")
PLAIN, BOLD, ITALIC = "Helvetica", "Helvetica-Bold", "Helvetica-Oblique"

_base = ParagraphStyle("text", fontName=PLAIN, fontSize=9, leading=12.5, textColor=INK)
TEXT = _base
CELL = ParagraphStyle("cell", _base, fontSize=8.3, leading=10.4)
NUMBER = ParagraphStyle("number", CELL, alignment=TA_RIGHT)
CENTRE = ParagraphStyle("centre", CELL, alignment=TA_CENTER)
HEAD = ParagraphStyle("head", CELL, textColor=FAINT)
HEAD_NUMBER = ParagraphStyle("head-number", HEAD, alignment=TA_RIGHT)
SMALL = ParagraphStyle("small", _base, fontSize=7.8, leading=10, textColor=FAINT, spaceBefore=2)
TITLE = ParagraphStyle("title", _base, fontName=BOLD, fontSize=19, leading=23, spaceAfter=2)
SECTION = ParagraphStyle(
    "section", _base, fontName=BOLD, fontSize=13, leading=16, spaceBefore=14, spaceAfter=5
)
SUBSECTION = ParagraphStyle(
    "subsection", _base, fontName=BOLD, fontSize=9.5, leading=12, spaceBefore=8, spaceAfter=3
)
ANSWER = ParagraphStyle("answer", _base, fontName=BOLD, fontSize=11.5, leading=15, spaceAfter=3)
CAPTION = ParagraphStyle("caption", _base, fontSize=7.3, leading=9, textColor=FAINT)

_SPELT = {"−": "-", "≥": ">=", "≤": "<=", "→": "->", "\u202f": " "}


def safe(text: str) -> str:
    """The built-in fonts know western letters only; others become question marks."""
    for letter, spelt in _SPELT.items():
        text = text.replace(letter, spelt)
    return escape(text.encode("cp1252", "replace").decode("cp1252"), quote=False)


def words(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(safe(text), style)
