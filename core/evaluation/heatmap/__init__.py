"""Does a heatmap show the lesion? Scores, baselines, and tests of the heatmap itself."""
