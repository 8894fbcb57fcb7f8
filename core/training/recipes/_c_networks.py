"""What the single-image networks of system C have in common."""

from core.training.recipe import Departure, Recipe

NOT_PUBLISHED = Departure(
    "Adam 0.0001, batches of 16, 10 epochs, cosine with warm-up, flips and mild tone changes",
    "None of these is published",
)
BALANCED = Departure(
    "An epoch draws cancers and others alike",
    "At 2% positives the published networks learned to say no",
)


def network(name: str, model: str, title: str, weights: str | None = "imagenet") -> Recipe:
    source = "ImageNet weights" if weights else "random weights"
    return Recipe(
        name=name,
        title=f"{title} for screening images",
        system="C",
        summary=f"{title} with {source} on whole images, cancer or not.",
        data="c-context",
        settings={
            "model.name": model,
            "model.weights": weights,
            "epochs": 10,
            "batch_size": 16,
            "learning_rate": 1e-4,
            "sampling": "balanced",
            "schedule.name": "cosine",
            "schedule.warmup_epochs": 1,
            "augmentation.flip": True,
            "augmentation.contrast": 0.1,
            "augmentation.brightness": 0.05,
            "best": "validation_auc",
        },
        keeps=(
            f"{title}, {source}, images of 256 by 256 or 512 by 512",
            "Labels of the breast, about 2% positive",
        ),
        departs=(
            BALANCED,
            NOT_PUBLISHED,
            Departure(
                "A patch classifier's weights only if asked for (model.weights=run:ID)",
                "It has to be trained first, on patches that RSNA does not outline",
            ),
            Departure("AUC chooses the best epoch", "At 2% positives accuracy rewards saying no"),
        ),
    )
