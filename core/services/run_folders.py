"""A run's folder, for those who show one run at a time."""

from core.training.run_folder import RunFolder, find_run

__all__ = ["RunFolder", "find_run"]
