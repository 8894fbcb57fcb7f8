"""Tuning on the Train page: what may vary, how the search goes, and what to do with its best."""
