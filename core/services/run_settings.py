"""The settings of runs side by side: which differ, and which runs are repeats of one another."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Settings = Mapping[str, str]

# These do not change what is learned, so that runs that differ in them alone are repeats.
_NAMES = ("title", "recipe")
_HOW_FAR = ("checkpoint_seconds", "leakage_check", "feature_cache")
SEED = "seed"


def flat(training: Mapping[str, Any]) -> dict[str, str]:
    """Dotted names, as `--set` takes them, each with its value as a person writes it."""
    found: dict[str, str] = {}
    for name, value in training.items():
        if isinstance(value, dict) and value:
            found |= {f"{name}.{inner}": said for inner, said in flat(value).items()}
        else:
            found[name] = _said(value)
    return found


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, int | float):
        return f"{value:g}"
    return "none" if value in ([], {}) else json.dumps(value)


def differing(runs: Sequence[Settings]) -> list[str]:
    """Names of the settings in which these runs are not all alike, in their usual order."""
    names = dict.fromkeys(name for run in runs for name in run)
    return [name for name in names if len({run.get(name) for run in runs}) > 1]


def telling(run: Settings, others: Sequence[Settings], *, seed: bool, most: int = 3) -> list[str]:
    """What sets a run apart from those it shares a name with, in a few words each."""
    ignored = {*_NAMES, *_HOW_FAR} | (set() if seed else {SEED})
    names = [name for name in differing([run, *others]) if name not in ignored]
    return [f"{name.rpartition('.')[2]} {run.get(name, 'none')}" for name in names[:most]]


def repeat_key(settings: Settings) -> str:
    """The same for runs that are alike but for their seed."""
    ignored = {SEED, *_NAMES, *_HOW_FAR}
    return json.dumps(sorted((k, v) for k, v in settings.items() if k not in ignored))
