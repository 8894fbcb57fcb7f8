"""Cross-validation on the Train page: begin one, watch its folds, read what it found."""
