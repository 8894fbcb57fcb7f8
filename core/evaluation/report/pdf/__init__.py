"""The report on paper, drawn without a browser."""
