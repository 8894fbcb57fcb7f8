"""System A on saved features: both networks stay as they are, and only the classifier learns."""

from core.training.recipe import Departure, Recipe
from core.training.recipes.a_hybrid import BEST_EPOCH, SETTINGS, WHOLE_PATIENTS

_STILL = {
    key: value
    for key, value in SETTINGS.items()
    if not key.startswith("augmentation.") and key not in ("model.stem", "learning_rate")
}

RECIPE = Recipe(
    name="a-features",
    title="Classifier on features of both networks",
    system="A",
    summary="Features are computed once and kept; an epoch then takes a moment.",
    data="a-hybrid",
    settings={
        **_STILL,
        "model.name": "hybrid",
        "model.backbones": ["densenet121", "resnet50"],
        "model.head.dense": [512, 256, 64],
        "learning_rate": 1e-3,
        "stages": [{"train": "head"}],
    },
    keeps=("Features of both networks are saved, and a dense network is trained on them",),
    departs=(
        WHOLE_PATIENTS,
        BEST_EPOCH,
        Departure(
            "Grey is repeated in three channels instead of a learned convolution",
            "A convolution in front of frozen networks could not learn",
        ),
        Departure("No augmentation", "Features that are kept are those of the images as they are"),
    ),
)
