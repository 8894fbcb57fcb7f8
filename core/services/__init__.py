"""All that pages, the command line and the REST interface call."""
