"""System B's data and training on ViT-Ti/16, which its authors wished for."""

from core.training.recipe import Departure, Recipe
from core.training.recipes.b_patches import GROUPED, KEEPS, SETTINGS, SMALLEST_LOSS

RECIPE = Recipe(
    name="b-patches-vit",
    title="ViT-Ti/16 on patches",
    system="B",
    summary="A small vision transformer from scratch, wished for by system B.",
    data="b-patches-vit",
    settings={
        **SETTINGS,
        "model.name": "vit_tiny",
        "epochs": 30,
        "optimizer": "adamw",
        "weight_decay": 0.05,
        "schedule.name": "cosine",
        "schedule.warmup_epochs": 3,
        "augmentation.flip": True,
        "augmentation.rotation": 15.0,
        "early_stopping.patience": 10,
    },
    keeps=("Dense sigmoid on a base of another kind", *KEEPS[:1], *KEEPS[2:3]),
    departs=(
        GROUPED,
        SMALLEST_LOSS,
        Departure("Patches of 304 instead of 299", "It reads images in squares of 16 pixels"),
        Departure(
            "Random weights, 30 epochs of AdamW with warm-up and augmentation",
            "No weights for it are at hand, and transformers that begin from nothing need more",
        ),
    ),
)
