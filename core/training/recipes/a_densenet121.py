"""System A, one branch: DenseNet121 alone with a dense sigmoid."""

from core.training.recipe import Recipe
from core.training.recipes.a_hybrid import AUGMENTATION, BEST_EPOCH, RATE, SETTINGS, WHOLE_PATIENTS

RECIPE = Recipe(
    name="a-densenet121",
    title="DenseNet121 alone",
    system="A",
    summary="The first branch of the hybrid by itself.",
    data="a-hybrid",
    settings={**SETTINGS, "model.name": "densenet121"},
    keeps=("The branch alone with a dense sigmoid", "All else as in a-hybrid"),
    departs=(WHOLE_PATIENTS, BEST_EPOCH, RATE, AUGMENTATION),
)
