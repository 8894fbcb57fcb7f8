"""Groups and studies where a command expects a run: stopped and resumed by the same words."""

from dataclasses import dataclass
from typing import Any, Protocol

from core.services import crossval, groups, studies
from core.services.commands import _run_output


class Together(Protocol):
    def resume(self, name: str, *, wait: bool) -> dict[str, Any]: ...

    def stop(self, name: str, *, wait: bool) -> dict[str, Any]: ...


def kind(name: str) -> Together | None:
    """None for a run."""
    if studies.is_study(name):
        return _Study()
    return _Group() if groups.is_group(name) else None


@dataclass(frozen=True)
class _Group:
    def resume(self, name: str, *, wait: bool) -> dict[str, Any]:
        return self._told(crossval.go_on(name).id, wait)

    def stop(self, name: str, *, wait: bool) -> dict[str, Any]:
        return self._told(crossval.stop(name).id, wait)

    def _told(self, group_id: str, wait: bool) -> dict[str, Any]:
        if wait:
            crossval.wait(group_id)
        return crossval.describe(groups.find(group_id))


@dataclass(frozen=True)
class _Study:
    def resume(self, name: str, *, wait: bool) -> dict[str, Any]:
        studies.go_on(name)
        return self._told(name, wait)

    def stop(self, name: str, *, wait: bool) -> dict[str, Any]:
        studies.stop(name)
        return self._told(name, wait)

    def _told(self, name: str, wait: bool) -> dict[str, Any]:
        if wait:
            studies.wait(name)
        return studies.describe(name)


def sentence(document: dict[str, Any]) -> str:
    if "group" in document:
        done = f"{document['finished']} of {len(document['runs'])} folds have finished"
        return f"Group {document['group']}: {document['state']}. {done}."
    if "study" in document:
        done = sum(document["counts"].values()) - document["counts"]["running"]
        return (
            f"Study {document['study']}: {document['state']}. {done} of {document['wanted']} "
            f"trials are done. {document['reason']}"
        ).strip()
    return _run_output.sentence(document)
