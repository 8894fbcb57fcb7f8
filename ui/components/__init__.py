"""Parts of a page that stand alone: each has `show(key) -> value`."""
