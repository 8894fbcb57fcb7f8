"""Putting a run together and starting it."""
