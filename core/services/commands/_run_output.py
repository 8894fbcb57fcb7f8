"""How commands show a run while it works and when it has ended."""

import sys
from typing import Any

from core.domain.runs import RunState, RunStatus


class Ticker:
    """One line on standard error for each change worth telling."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, status: RunStatus) -> None:
        line = _line(status)
        if line != self._last:
            print(line, file=sys.stderr, flush=True)
            self._last = line


def _line(status: RunStatus) -> str:
    if status.state is not RunState.RUNNING:
        return f"{status.state}. {status.reason}".strip()
    best = status.best
    found = f", best {best.metric} {best.value:.3f} in epoch {best.epoch}" if best else ""
    return f"{status.doing}: {status.epoch} of {status.epochs} epochs done{found}"


def sentence(document: dict[str, Any]) -> str:
    best = document.get("best")
    parts = [f"Run {document['run']}: {document['state']}."]
    if document.get("reason"):
        parts.append(document["reason"])
    if best:
        parts.append(f"Best {best['metric']} {best['value']:.3f} in epoch {best['epoch']}.")
    return " ".join(parts)


def code(document: dict[str, Any]) -> int:
    return 1 if document["state"] in (RunState.FAILED, RunState.INTERRUPTED) else 0
