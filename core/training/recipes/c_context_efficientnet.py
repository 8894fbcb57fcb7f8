"""System C's EfficientNet-B0 on whole images."""

from core.training.recipes._c_networks import network

RECIPE = network("c-context-efficientnet", "efficientnet_b0", "EfficientNetB0")
