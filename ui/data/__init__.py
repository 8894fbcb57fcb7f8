"""The parts of the Data page, each of which draws one thing and may be tested alone."""
