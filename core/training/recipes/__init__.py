"""The recipes, one a file: `d_four_class.py` is `d-four-class`."""
