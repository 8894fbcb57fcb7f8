"""The parts of the Evaluate page, each of which draws one thing and may be tested alone."""
