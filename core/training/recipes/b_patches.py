"""System B: a small network with batch normalisation finds patches that show a lesion."""

from core.training.recipe import Departure, Recipe

GROUPED = Departure(
    "Crops of one lesion, and all patches of a patient, are on one side of the split",
    "Each lesion was cropped three times; crops on both sides make figures too good",
)
SMALLEST_LOSS = Departure(
    "Training stops after three epochs without less validation loss",
    "Early stopping is published, its patience is not",
)
FIRST_HEAD = Departure(
    "The head learns alone for two epochs, then everything for three",
    "Whether the base was frozen is not published; a random head would spoil its weights",
)

SETTINGS = {
    "epochs": 5,
    "batch_size": 32,
    "learning_rate": 1e-4,
    "optimizer": "adam",
    "class_weights": "balanced",
    "early_stopping.patience": 3,
    "early_stopping.metric": "validation_loss",
    "best": "validation_accuracy",
}
KEEPS = (
    "Positive means any lesion, harmless or not, as its code has it",
    "Balanced class weights, Adam 0.0001 (Adagrad in its text), binary cross-entropy, five epochs",
    "The checkpoint with the best validation accuracy",
    "Patches of 299 by 299, divided by 255",
)

RECIPE = Recipe(
    name="b-patches",
    title="CNN on patches",
    system="B",
    summary="Four convolutions with batch normalisation, from scratch.",
    data="b-patches",
    settings={**SETTINGS, "model.name": "custom_cnn_bn"},
    keeps=(
        "Convolutions of 32, 64, 128 and 256 filters with batch norm and pooling",
        "Global average pooling, dense sigmoid",
        *KEEPS,
    ),
    departs=(GROUPED, SMALLEST_LOSS),
)


def pretrained(name: str, model: str, title: str, wished: bool = False) -> Recipe:
    """The same head and training on another base."""
    published = "wished for by system B" if wished else "one of the three networks of system B"
    return Recipe(
        name=name,
        title=f"{title} on patches",
        system="B",
        summary=f"{title} with ImageNet weights, {published}.",
        data="b-patches",
        settings={
            **SETTINGS,
            "model.name": model,
            "model.weights": "imagenet",
            "stages": [
                {"train": "head", "epochs": 2, "learning_rate": 1e-3},
                {"train": "all", "epochs": 3},
            ],
        },
        keeps=("ImageNet weights, no top, global average pooling, dense sigmoid", *KEEPS),
        departs=(GROUPED, SMALLEST_LOSS, FIRST_HEAD),
    )
