"""The steps a spec may name: one file each, found by its name."""

from core.preprocessing.step import Step
from core.registry import Registry

STEPS: Registry[Step] = Registry(
    "core.preprocessing.steps", "STEP", "preprocessing step", spell=lambda stem: stem
)
