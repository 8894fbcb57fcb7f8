"""System E: a small network on lesion patches, made to be turned into one for whole images."""

from core.training.recipe import Departure, Recipe

GROUPED = Departure(
    "All patches of a patient are on one side of the split",
    "Patches of one lesion on both sides make figures too good",
)
UNPUBLISHED = Departure(
    "Adam 0.001, batches of 64, 40 epochs, flips, best validation AUC",
    "None of these is published",
)

RECIPE = Recipe(
    name="e-localise",
    title="Patch CNN that localises",
    system="E",
    summary="Learns on 50-pixel patches; as a whole-image model its maps show where.",
    data="e-localise",
    settings={
        "model.name": "patch_cnn",
        "epochs": 40,
        "batch_size": 64,
        "learning_rate": 1e-3,
        "class_weights": "balanced",
        "augmentation.flip": True,
        "early_stopping.patience": 8,
        "best": "validation_auc",
    },
    keeps=(
        "Convolutions of 32, 64, 128 and 128 filters with the published pooling",
        "Three classes: normal, benign, malignant; patches of 50 by 50",
        "Gaussian smoothing, morphology, CLAHE and Sobel edges before patches are cut",
        "No location labels: class activation maps show where",
    ),
    departs=(
        GROUPED,
        UNPUBLISHED,
        Departure("A dense layer of 128", "Its size is not published"),
        Departure(
            "A patch covers 20 mm whatever the machine, with background patches for normal",
            "How patches were scaled is not published",
        ),
        Departure("Classes weigh alike", "208 normal, 63 benign and 51 malignant are uneven"),
    ),
)
