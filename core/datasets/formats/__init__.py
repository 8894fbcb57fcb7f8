"""One file a format: how a publisher lays out a set, told as cases."""
