"""System C's CNN: a small network from scratch on whole images."""

from core.training.recipes._c_networks import network

RECIPE = network("c-context-cnn", "custom_cnn_bn", "CNN", weights=None)
