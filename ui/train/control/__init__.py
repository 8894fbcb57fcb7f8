"""What may be done with a run: stop, go on, copy, move in the queue, delete."""
