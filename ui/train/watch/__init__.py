"""One run as it learns: the answer, how far it is, its curves, its log, and what people noted."""
