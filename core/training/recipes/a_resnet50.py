"""System A, the other branch: ResNet50 alone with a dense sigmoid."""

from core.training.recipe import Recipe
from core.training.recipes.a_hybrid import AUGMENTATION, BEST_EPOCH, RATE, SETTINGS, WHOLE_PATIENTS

RECIPE = Recipe(
    name="a-resnet50",
    title="ResNet50 alone",
    system="A",
    summary="The second branch of the hybrid by itself.",
    data="a-hybrid",
    settings={**SETTINGS, "model.name": "resnet50"},
    keeps=("The branch alone with a dense sigmoid", "All else as in a-hybrid"),
    departs=(WHOLE_PATIENTS, BEST_EPOCH, RATE, AUGMENTATION),
)
