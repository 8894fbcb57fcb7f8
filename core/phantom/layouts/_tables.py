"""Text as spreadsheets write it."""


def quoted(cell: str) -> str:
    """In quotes only where a comma, a quote or a line break makes them necessary."""
    if any(mark in cell for mark in ',"\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell
