"""The words of the field as frozen data: standard library and numpy only, nothing that acts."""
