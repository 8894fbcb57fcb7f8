"""Names of the blocks that a stage may train, known before any network is built."""

import re
from collections.abc import Iterable

from core.domain.models import ModelConfig
from core.errors import ConfigError
from core.models.branches import plan
from core.models.catalogue import BACKBONES, WHOLE


def check(config: ModelConfig, trained: str) -> None:
    """Refuses a block that this model does not have, as far as its backbones tell theirs.

    One with options of its own, which may add blocks, is asked when it is built.
    """
    if trained in ("head", "all") or re.fullmatch(r"last-\d+", trained) or config.name == WHOLE:
        return
    planned = plan(config)
    if any(branch.options or not branch.spec.blocks for branch in planned):
        return
    known = list(dict.fromkeys(name for branch in planned for name in branch.spec.blocks))
    for block in trained.split(","):
        asked = bare(block.strip())
        if not any(begins(asked, name) or begins(name, asked) for name in known):
            raise unknown(block.strip(), known)


def begins(block: str, name: str) -> bool:
    """`block1` must not take `block10` along."""
    return bool(block) and re.match(rf"{re.escape(block)}(?!\d)", name) is not None


def bare(name: str) -> str:
    """Without the prefix that tells backbones apart in a hybrid, or that Keras gave it."""
    for backbone in BACKBONES.names():
        while name.startswith(f"{backbone}_"):
            name = name.removeprefix(f"{backbone}_")
    return name


def block_of(name: str) -> str:
    """The block that a layer of this name belongs to."""
    found = re.match(r"[A-Za-z]+(_?\d+[a-z]?)?", bare(name))
    return found[0] if found else name


def unknown(block: str, known: Iterable[str]) -> ConfigError:
    return ConfigError(
        f"No layers are called {block!r}. Allowed: head, all, last-N, or blocks, here "
        f"{', '.join(known)}."
    )
