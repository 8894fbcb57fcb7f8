"""Every tray of this server: opened here, found by its key, and gone in time.

Nothing that was sent is kept: a tray goes when it is closed, when nobody has used it for some
hours (a page's: for a quarter of one), when the server ends, and, should the server be
killed, when the next one starts.
"""

import fcntl
import hashlib
import secrets
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from core import paths
from core.services.trays import Limits, TooMany, Tray, gone

LOOK_SECONDS = 60.0
PAGE_SECONDS = 900.0  # a page says every minute that it is open
_making = threading.Lock()
_held: "Shelf | None" = None


class Shelf:
    """One folder, locked for as long as its server lives: so others see that it is in use."""

    def __init__(self, root: Path) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._trays: dict[str, Tray] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.folder = root / secrets.token_hex(8)
        # Locked before the folder is there, so that no other server takes it for a dead one's.
        self._open_lock = _lock_of(self.folder).open("w")
        fcntl.flock(self._open_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.folder.mkdir(mode=0o700)
        threading.Thread(target=self._watch, name="trays", daemon=True).start()

    def open(self, limits: Limits, *, of_page: bool = False) -> Tray:
        key = secrets.token_urlsafe(32)
        with self._lock:
            # Each session of a page has one at most, and sessions are counted elsewhere.
            others = sum(not one.of_page for one in self._trays.values())
            if not of_page and others >= limits.most_trays:
                raise TooMany(
                    f"{others} uploads are open, the most at once. Try again later, or "
                    "remove one that is no longer needed."
                )
            # Who reads a folder's name, in a log perhaps, does not know the key.
            folder = self.folder / hashlib.sha256(key.encode()).hexdigest()[:32]
            folder.mkdir(mode=0o700)
            self._trays[key] = Tray(key, folder, limits, of_page)
            return self._trays[key]

    def find(self, key: str) -> Tray:
        with self._lock:
            found = self._trays.get(key)
        if found is None:
            raise gone()
        found.used = time.monotonic()
        return found

    def has_of_page(self, key: str) -> bool:
        with self._lock:
            found = self._trays.get(key)
        return found is not None and found.of_page

    def close(self, key: str) -> None:
        with self._lock:
            found = self._trays.pop(key, None)
        if found:
            found.end()

    def end(self) -> None:
        """Everything goes, the folder too."""
        self._ended.set()
        for key in list(self._trays):
            self.close(key)
        shutil.rmtree(self.folder, ignore_errors=True)
        _lock_of(self.folder).unlink(missing_ok=True)
        self._open_lock.close()

    def look(self) -> None:
        """Closes what nobody has used for too long."""
        now = time.monotonic()
        with self._lock:
            old = [t.key for t in self._trays.values() if now - t.used > t.limits.seconds]
        for key in old:
            self.close(key)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.look()


def root() -> Path:
    return paths.workspace().resolve() / "trays"


def shelf() -> Shelf:
    """The one of this server, made with its first tray."""
    global _held
    with _making:
        if _held is None or _held.folder.parent != root():
            if _held:
                _held.end()
            sweep()
            _held = Shelf(root())
        return _held


def open_tray(limits: Limits | None = None, *, of_page: bool = False) -> Tray:
    wanted = limits or Limits.from_environment()
    if of_page:
        wanted = replace(wanted, seconds=min(wanted.seconds, PAGE_SECONDS))
    return shelf().open(wanted, of_page=of_page)


def find(key: str) -> Tray:
    if _held is None:
        raise gone()
    return _held.find(key)


def close(key: str) -> None:
    if _held:
        _held.close(key)


def is_of_page(key: str) -> bool:
    """Whether the key was given to a page of this server."""
    return _held is not None and _held.has_of_page(key)


def end() -> None:
    """When the server ends."""
    global _held
    with _making:
        if _held:
            _held.end()
        _held = None


def sweep() -> None:
    """Removes what killed servers left behind: nobody holds the locks of their folders."""
    if not root().is_dir():
        return
    for folder in [one for one in root().iterdir() if one.is_dir()]:
        with suppress(OSError), _lock_of(folder).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
            _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")
