"""What the two larger networks of system E have in common."""

from core.training.recipe import Departure, Recipe
from core.training.recipes.e_localise import GROUPED


def pretrained(name: str, model: str, title: str) -> Recipe:
    return Recipe(
        name=name,
        title=f"{title} on patches, for localising",
        system="E",
        summary=f"{title} with ImageNet weights on 50-pixel patches.",
        data="e-localise",
        settings={
            "model.name": model,
            "model.weights": "imagenet",
            "batch_size": 64,
            "epochs": 15,
            "learning_rate": 1e-4,
            "class_weights": "balanced",
            "augmentation.flip": True,
            "stages": [{"train": "head", "epochs": 5, "learning_rate": 1e-3}, {"train": "all"}],
            "early_stopping.patience": 5,
            "best": "validation_auc",
        },
        keeps=("Three classes on patches of 50 by 50", f"{title}, compared with the others"),
        departs=(
            GROUPED,
            Departure(
                "Adam, batches of 64, the head for 5 epochs, then everything for 15",
                "None of these is published",
            ),
        ),
    )
