"""Where things live: the program's own folders and the workspace, which holds what users make."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED_MODELS = ROOT / "trained_models"


def workspace() -> Path:
    """Read at call time, so that a test or a second server can move it."""
    return Path(os.environ.get("MAMMOLENS_WORKSPACE") or ROOT / "workspace")


def datasets() -> Path:
    return workspace() / "datasets"


def runs() -> Path:
    return workspace() / "runs"


def models() -> Path:
    return workspace() / "models"


def cache() -> Path:
    """Things that can be made again at any time."""
    return workspace() / "cache"
