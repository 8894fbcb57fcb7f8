"""The parts of the Diagnose page that go beyond one image and its answer."""
