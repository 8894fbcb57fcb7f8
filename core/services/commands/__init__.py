"""One command a file: the docstring's first line is its help, `add_arguments` and `run` the rest.

`run` returns a document that can be written as JSON; `show`, if present, turns it into text.
"""
