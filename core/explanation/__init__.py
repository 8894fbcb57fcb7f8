"""What a model looked at: one method a file."""
