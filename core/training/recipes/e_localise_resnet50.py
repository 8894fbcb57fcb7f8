"""System E with ResNet50 in place of its small network, as it compared them."""

from core.training.recipes._e_pretrained import pretrained

RECIPE = pretrained("e-localise-resnet50", "resnet50", "ResNet50")
