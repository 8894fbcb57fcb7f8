"""Faster Score-CAM: Score-CAM with the sixteen patterns that vary most over the image."""

from core.domain.explanation import Cost, Method
from core.explanation.masking import maker

MOST = 16
METHOD = Method(
    title="Faster Score-CAM",
    plain="Score-CAM with only the sixteen patterns that differ most over the image.",
    cost=Cost.SLOW,
    make=maker(MOST),
)
