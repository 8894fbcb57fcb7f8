"""System C: all views of a patient and earlier exams, read in order with what is known of them."""

from core.training.recipe import Departure, Recipe
from core.training.recipes._c_networks import BALANCED

RECIPE = Recipe(
    name="c-context",
    title="Views of a patient with context",
    system="C",
    summary="CNN and ResNet50 features of each view, read by an RNN with age, density, implant and "
    "machine.",
    data="c-context",
    settings={
        "model.name": "hybrid",
        "model.backbones": ["custom_cnn_bn", "resnet50"],
        "model.options": {"resnet50": {"weights": "imagenet"}},
        "sequence.slots": 8,
        "sequence.recurrent": "gru",
        "sequence.units": 128,
        "sequence.dropout": 0.2,
        "epochs": 10,
        "batch_size": 4,
        "learning_rate": 1e-4,
        "sampling": "balanced",
        "schedule.name": "cosine",
        "schedule.warmup_epochs": 1,
        "augmentation.contrast": 0.1,
        "augmentation.brightness": 0.05,
        "best": "validation_auc",
    },
    keeps=(
        "Features of a CNN and of ResNet50 (ImageNet) combined, one network for every view",
        "An RNN over the views and earlier exams, with age, density, implant and machine",
        "The answer is the probability for each breast",
        "Images of 256 by 256 or 512 by 512",
    ),
    departs=(
        BALANCED,
        Departure(
            "A GRU of 128 over at most 8 views, Adam 0.0001, 4 patients a step, 10 epochs",
            "None of these is published",
        ),
        Departure(
            "The breast is cut out; regions are proposed first only if asked (c-context-regions)",
            "Which segmentation was used, and on which masks it learned, is not published",
        ),
        Departure("Images are not mirrored", "Left and right are questions of their own"),
    ),
)
