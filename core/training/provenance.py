"""What a run or model was made with: versions of libraries, and the program's own commit."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version

from core import __version__, paths

LIBRARIES = ("keras", "tensorflow", "jax", "torch", "numpy")


def versions() -> dict[str, str]:
    found = {"mammolens": __version__, "python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """Empty where the program was not installed from a repository."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=paths.ROOT,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
