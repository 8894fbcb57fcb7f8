"""The rooms of the house stay apart: imports go one way, and nothing heavy loads early."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Each room may import those named; core.domain stands below all of them.
ROOMS = {
    "pages": {"ui", "core.services", "core.domain", "core"},
    "streamlit_app": {"ui", "core.api", "core"},
    "ui": {"ui", "core.services", "core.domain", "core"},
    "core.api": {"core.api", "core.services", "core.domain", "core"},
    "core.__main__": {"core.services", "core.domain", "core"},
    "core.domain": {"core.domain", "core"},
}
CORE_FORBIDDEN = {"streamlit", "ui", "pages", "core.api", "core.__main__"}
# Small modules that every room may use.
SHARED = {"core.errors", "core.paths", "core.registry", "core"}
BELOW_SERVICES = (
    "core.phantom",
    "core.datasets",
    "core.preprocessing",
    "core.models",
    "core.training",
    "core.evaluation",
    "core.explanation",
)


def modules() -> list[Path]:
    files = [ROOT / "streamlit_app.py"]
    for folder in ("pages", "ui", "core"):
        files += sorted((ROOT / folder).rglob("*.py"))
    return [file for file in files if file.exists()]


def dotted(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(file: Path) -> set[str]:
    """Every module a file names, also inside functions, where heavy imports hide."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            if node.module in ("core", "ui"):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] == "core" else parts[0]


def ours(name: str) -> bool:
    return name.split(".")[0] in {"core", "ui", "pages", "streamlit_app"}


@pytest.mark.parametrize("file", modules(), ids=dotted)
def test_imports_keep_their_direction(file: Path) -> None:
    room = room_of(dotted(file))
    allowed = ROOMS.get(room)
    for name in filter(ours, imports(file)):
        target = room_of(name)
        if target in SHARED or target == "core.__version__":
            continue
        if allowed is not None:
            assert target in allowed, f"{dotted(file)} imports {name}"
        elif room in BELOW_SERVICES:
            assert target != "core.services", f"{dotted(file)} imports {name}"


@pytest.mark.parametrize("file", [f for f in modules() if dotted(f).startswith("core")], ids=dotted)
def test_core_knows_no_page_framework(file: Path) -> None:
    forbidden = CORE_FORBIDDEN - {room_of(dotted(file))}
    if dotted(file) == "core.__main__":
        forbidden -= {"core.api"}
    named = {room_of(n) if ours(n) else n.split(".")[0] for n in imports(file)}
    if dotted(file).startswith("core.services.commands"):
        forbidden -= {"core.api"}  # `serve` starts the interface
    assert not named & forbidden


def heavy_after_importing(statement: str) -> str:
    code = (
        f"{statement}\nimport sys\n"
        "print(','.join(m for m in ('tensorflow','keras','jax','torch') if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def light_imports() -> str:
    """Everything but the modules that define Keras classes, which only functions import."""
    names = [dotted(f) for f in modules() if dotted(f).startswith(("core", "ui"))]
    lazy = {name for name in names if _defines_keras(ROOT / (name.replace(".", "/") + ".py"))}
    return "\n".join(
        f"import {name}" for name in names if name not in lazy and name != "core.__main__"
    )


def _defines_keras(file: Path) -> bool:
    if not file.exists():
        return False
    top = ast.parse(file.read_text(encoding="utf-8")).body
    named = [alias.name for n in top if isinstance(n, ast.Import) for alias in n.names]
    named += [n.module or "" for n in top if isinstance(n, ast.ImportFrom)]
    return any(n.split(".")[0] in {"keras", "tensorflow", "jax", "torch"} for n in named)


def test_importing_core_and_ui_loads_no_deep_learning_library() -> None:
    assert heavy_after_importing(light_imports()) == ""


def test_pages_name_no_deep_learning_library() -> None:
    for file in (ROOT / "pages").glob("*.py"):
        assert not {n.split(".")[0] for n in imports(file)} & {"keras", "tensorflow", "jax"}
