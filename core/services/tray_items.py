"""The images of a tray, each file and each member of a zip the same one at every asking."""

import threading
from weakref import WeakKeyDictionary

from core.services.gathering import Item, expand
from core.services.trays import Stored, Tray

_known: "WeakKeyDictionary[Tray, dict[Stored, tuple[Item, ...]]]" = WeakKeyDictionary()
_lock = threading.Lock()


def items(tray: Tray) -> list[Item]:
    """In the order in which the files came. Raises InputError for a zip that is no worklist."""
    with _lock:
        known = _known.setdefault(tray, {})
        files = tray.files()
        for file in files:
            if file not in known:
                known[file] = tuple(expand(file.name, file.path))
        return [item for file in files for item in known[file]]
