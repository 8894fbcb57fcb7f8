"""Settings of a server that come from its environment, checked when they are first read."""

import os

from core.errors import ConfigError


def number(name: str, default: int, lowest: int, highest: int) -> int:
    given = os.environ.get(name)
    if given is None:
        return default
    try:
        found = int(given)
    except ValueError:
        found = lowest - 1
    if not lowest <= found <= highest:
        raise ConfigError(
            f"The environment variable {name} must be a whole number from {lowest:,} to "
            f"{highest:,}. Received: {given!r:.40}."
        )
    return found


def listed(name: str) -> tuple[str, ...]:
    """Separated by commas; empty where nothing is set."""
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())
