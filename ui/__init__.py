"""What pages share: the only code outside `pages/` that knows the page framework."""
