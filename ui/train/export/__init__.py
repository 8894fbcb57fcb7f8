"""Taking a run's network along in another format."""
