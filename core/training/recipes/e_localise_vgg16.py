"""System E with VGG16 in place of its small network, as it compared them."""

from core.training.recipes._e_pretrained import pretrained

RECIPE = pretrained("e-localise-vgg16", "vgg16", "VGG16")
