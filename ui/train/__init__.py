"""The Train page: launch, watch, control and compare runs."""
