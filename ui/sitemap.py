"""Which pages there are, read from the `pages` folder without running any of them.

A page tells about itself in its docstring: the first paragraph is the question it
answers, the second what one does there. `ICON` names a Material symbol. A new page
shows up in the navigation and on the home page because its file exists.
"""

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.paths import ROOT

ENTRY = "streamlit_app.py"
FOLDER = ROOT / "pages"


@dataclass(frozen=True)
class Page:
    """`path` is relative to the entry script, as links want it."""

    path: str
    title: str
    question: str
    summary: str
    icon: str


@lru_cache(maxsize=1)
def pages() -> tuple[Page, ...]:
    return tuple(_read(file) for file in sorted(FOLDER.glob("[0-9]_*.py")))


def _read(file: Path) -> Page:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    paragraphs = [" ".join(p.split()) for p in (ast.get_docstring(tree) or "").split("\n\n")]
    question, summary = [*paragraphs, "", ""][:2]
    title = re.sub(r"^\d+_", "", file.stem).replace("_", " ")
    icon = f":material/{_constant(tree, 'ICON', 'article')}:"
    return Page(f"{FOLDER.name}/{file.name}", title, question, summary, icon)


def _constant(tree: ast.Module, name: str, default: str) -> str:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if name in names:
                return str(node.value.value)
    return default
