"""An evaluation as one HTML file that needs nothing else: no server, no scripts, no network."""
