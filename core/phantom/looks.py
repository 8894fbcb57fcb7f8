"""How the machines of a phantom set render tissue: none knows what is in the breast.

A machine decides contrast, edge, noise, label and polarity, and is drawn
independently of the finding, so that no model can read a class off the machine.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """Brightness on a scale where 0 is the background and 1 the brightest stored value.

    `rolloff_mm` is how far from the skin the breast reaches its full brightness: a
    few millimetres where software evens out the thickness, centimetres on film.
    """

    machine: str
    site: str
    share: float
    fat: float
    gain: float
    rolloff_mm: float
    skin: float
    strands: float
    grain: float
    sharpening: float  # of edges, as the machine's own software does it
    blur_px: float
    background: float
    label: str  # box, plain, lead or none
    monochrome1: bool = False
    bits: int = 12


LOOKS = {
    look.machine: look
    for look in (
        Look("49", "1", 0.40, 0.20, 1.00, 3.0, 0.50, 0.90, 0.016, 0.10, 0.0, 0.0, "box"),
        Look("48", "2", 0.25, 0.17, 1.08, 4.5, 0.42, 1.00, 0.019, 0.12, 0.0, 0.0, "box", bits=14),
        Look("21", "2", 0.15, 0.30, 0.80, 16.0, 0.05, 0.75, 0.010, 0.1, 0.5, 0.01, "plain", True),
        Look("93", "1", 0.12, 0.34, 0.72, 9.0, 0.08, 0.70, 0.012, 0.1, 0.4, 0.0, "plain", True, 14),
        Look("170", "1", 0.08, 0.24, 0.95, 6.0, 0.25, 0.90, 0.030, 0.2, 0.3, 0.0, "lead"),
        Look("film", "3", 0.0, 0.38, 0.85, 22.0, 0.0, 0.85, 0.008, 0.0, 0.9, 0.015, "lead"),
    )
}
