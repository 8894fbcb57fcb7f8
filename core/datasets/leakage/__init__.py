"""Finds copies of one image in a set, however turned, cropped, recompressed or brightened."""
