"""Small choices about how things are shown, kept in the workspace for the next visit."""

import fcntl
import json
from typing import Any

from core import paths
from core.training.atomic import write_text

_FILE = "remembered.json"


def recall(name: str, otherwise: Any) -> Any:
    """What was kept last; `otherwise` where that is nothing, or something of another kind."""
    found = _all().get(name, otherwise)
    return found if isinstance(found, type(otherwise)) else otherwise


def remember(name: str, value: Any) -> None:
    """Whoever writes last is remembered; other choices stay."""
    folder = paths.workspace()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{_FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        write_text(folder / _FILE, json.dumps(_all() | {name: value}, indent=2), lasting=False)


def _all() -> dict[str, Any]:
    try:
        raw = json.loads((paths.workspace() / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}
