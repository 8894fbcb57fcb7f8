"""Publishing a run as a model with its card."""
