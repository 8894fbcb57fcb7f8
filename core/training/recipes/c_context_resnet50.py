"""System C's ResNet50: one whole image at a time, with few cancers among many images."""

from core.training.recipes._c_networks import network

RECIPE = network("c-context-resnet50", "resnet50", "ResNet50")
