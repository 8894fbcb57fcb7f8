"""System A on saved features with the other classifier it names: logistic regression."""

from core.training.recipe import Departure, Recipe
from core.training.recipes.a_features import RECIPE as FEATURES

RECIPE = Recipe(
    name="a-logistic",
    title="Logistic regression on features of both networks",
    system="A",
    summary="One weight for each kept feature and nothing more; an epoch takes a moment.",
    data="a-hybrid",
    settings={
        **FEATURES.settings,
        "model.head.dense": [],
        "model.head.dropout": 0.0,
        "model.head.l2": 1e-4,
        "epochs": 60,
    },
    keeps=("Features of both networks are saved, and logistic regression is trained on them",),
    departs=(
        *FEATURES.departs,
        Departure(
            "Fitted by Adam in 60 epochs, with an L2 penalty of 0.0001",
            "Which solver and penalty were used is not published",
        ),
    ),
)
