"""System B's head and training on EfficientNetB0, which its authors wished for."""

from core.training.recipes.b_patches import pretrained

RECIPE = pretrained("b-patches-efficientnet", "efficientnet_b0", "EfficientNetB0", wished=True)
