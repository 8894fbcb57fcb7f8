"""Several runs side by side: their figures, their settings and their curves."""
