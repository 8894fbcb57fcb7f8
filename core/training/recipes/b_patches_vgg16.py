"""System B's head and training on VGG16."""

from core.training.recipes.b_patches import pretrained

RECIPE = pretrained("b-patches-vgg16", "vgg16", "VGG16")
