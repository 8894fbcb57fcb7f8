"""System A: DenseNet121 and ResNet50 side by side tell benign from malignant masses."""

from core.training.recipe import Departure, Recipe

WHOLE_PATIENTS = Departure(
    "Whole patients, and copies of one image, are on one side of the split",
    "The published set was augmented before it was divided, so copies were on both sides",
)
BEST_EPOCH = Departure(
    "The epoch with the best validation AUC is kept, not the last",
    "The last epoch is not the best one",
)
RATE = Departure(
    "Adam begins at 0.0001",
    "The rate is not published, and Keras's 0.001 spoils pretrained weights",
)
AUGMENTATION = Departure(
    "Rotation up to 15 degrees, zoom up to 10%",
    "Rotation, zoom and flip are published, their amounts are not",
)

SETTINGS = {
    "model.weights": "imagenet",
    "model.stem": "convolution",
    "epochs": 20,
    "batch_size": 32,
    "learning_rate": 1e-4,
    "optimizer": "adam",
    "schedule.name": "plateau",
    "schedule.factor": 0.5,
    "schedule.patience": 3,
    "augmentation.rotation": 15.0,
    "augmentation.zoom": 0.1,
    "augmentation.flip": True,
    "best": "validation_auc",
}

RECIPE = Recipe(
    name="a-hybrid",
    title="Hybrid of DenseNet121 and ResNet50",
    system="A",
    summary="Two pretrained networks share one head; the rate is halved on plateaus.",
    data="a-hybrid",
    settings={
        **SETTINGS,
        "model.name": "hybrid",
        "model.backbones": ["densenet121", "resnet50"],
        "model.head.dense": [512, 256, 64],
    },
    keeps=(
        "A 3x3 convolution with three filters in front, ImageNet weights, no top",
        "Global average pooling of each branch, joined, three dense layers, sigmoid",
        "Adam, binary cross-entropy, 20 epochs, images of 224 by 224",
        "Learning rate halved when validation loss has not improved for three epochs",
    ),
    departs=(
        WHOLE_PATIENTS,
        BEST_EPOCH,
        RATE,
        AUGMENTATION,
        Departure(
            "Dense layers of 512, 256 and 64 with dropout 0.3", "Their sizes are not published"
        ),
    ),
)
