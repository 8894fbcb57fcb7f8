"""From a model's description to a network: backbones, heads, weights, freezing."""
