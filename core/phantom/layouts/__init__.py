"""The layouts in which a phantom set can be written: one file each."""

from core.phantom.layouts._layout import Layout
from core.registry import Registry

LAYOUTS: Registry[Layout] = Registry("core.phantom.layouts", "LAYOUT", "phantom layout")

__all__ = ["LAYOUTS", "Layout"]
