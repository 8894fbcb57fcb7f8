"""Findings drawn into healthy tissue, each with the exact region that it changes."""

from core.phantom.lesions.drawing import Drawing, draw

__all__ = ["Drawing", "draw"]
