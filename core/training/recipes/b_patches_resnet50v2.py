"""System B's head and training on ResNet50V2."""

from core.training.recipes.b_patches import pretrained

RECIPE = pretrained("b-patches-resnet50v2", "resnet50_v2", "ResNet50V2")
