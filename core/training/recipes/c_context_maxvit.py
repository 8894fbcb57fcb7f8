"""System C's MaxViT nano on whole images."""

from core.training.recipes._c_networks import network

RECIPE = network("c-context-maxvit", "maxvit_nano", "MaxViT-nano", weights=None)
