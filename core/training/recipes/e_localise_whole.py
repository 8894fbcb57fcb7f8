"""System E on whole images: the patch classifier's map with a head over it learns on."""

from core.training.recipe import Departure, Recipe

RECIPE = Recipe(
    name="e-localise-whole",
    title="Patch CNN over whole images",
    system="E",
    summary="Begins with a run of e-localise (model.weights=run:ID) and answers for the whole "
    "image; its class map shows where.",
    data="e-localise-whole",
    settings={
        "model.name": "patch_to_whole",
        "epochs": 10,
        "batch_size": 4,
        "learning_rate": 1e-5,
        "class_weights": "balanced",
        "stages": [{"train": "head", "epochs": 5, "learning_rate": 1e-2}, {"train": "all"}],
        "early_stopping.patience": 4,
        "best": "validation_auc",
    },
    keeps=(
        "The patch classifier turned into a whole-image model with its weights",
        "No location labels: the class map shows where",
        "Smoothing, morphology, local contrast and edges, at the scale of the patches",
    ),
    departs=(
        Departure(
            "The whole-image model learns on, its head first, then all of it slowly",
            "As published it is not trained again; its map alone raises too many alarms",
        ),
        Departure(
            "The map is pooled by a learned mean between average and maximum",
            "How an image's answer follows from the map is not published",
        ),
        Departure(
            "The breast is placed in 576 by 384 pixels of 0.4 mm and never resized",
            "A patch model knows lesions at one size only",
        ),
    ),
)
