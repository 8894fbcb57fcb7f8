"""What a model of whole exams wants to know of a patient, as a person may tell it.

What is told goes before what headers say; `unknown` says that nobody knows, for which such
models have a place of their own.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.datasets import vocabulary as words
from core.domain.cases import FACTS, Case
from core.errors import InputError

UNKNOWN = "unknown"
OLDEST = 120
LONGEST = 64
# By field: a number, letter, truth or name; None is "not known", and goes before a header too.
Told = Mapping[str, Any]


def parse(texts: Mapping[str, str]) -> dict[str, Any]:
    """Of a form or a command line; fields that are not there are left to the headers."""
    return {
        name: None if text.strip().lower() == UNKNOWN else _READ[name](text.strip())
        for name, text in texts.items()
    }


def _age(text: str) -> float:
    found = words.number(text)
    if found is None or not 0 <= found <= OLDEST:
        raise _refusal("age", text, f"years from 0 to {OLDEST}, such as 61")
    return found


def _density(text: str) -> str:
    found = words.density(text)
    if found is None:
        raise _refusal("density", text, "A, B, C or D")
    return found


def _implant(text: str) -> bool:
    found = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in found:
        raise _refusal("implant", text, "yes or no")
    return found[text.lower()]


def _machine(text: str) -> str:
    if not re.fullmatch(rf"[^\x00-\x1f\x7f]{{1,{LONGEST}}}", text):
        raise _refusal("machine", text, f"the machine's name in at most {LONGEST} letters")
    return text


_READ: dict[str, Callable[[str], Any]] = {
    "age": _age,
    "density": _density,
    "implant": _implant,
    "machine": _machine,
}


def _refusal(name: str, text: str, allowed: str) -> InputError:
    return InputError(
        f"What is told of the patient cannot be read: {name} is {text!r:.60}. "
        f"Allowed: {allowed}, or {UNKNOWN}. Correct it, or leave it out."
    )


def informed(case: Case, told: Told) -> Case:
    """The case with what a person says of the patient."""
    return replace(case, metadata=replace(case.metadata, **told))


def known(cases: Sequence[Case]) -> dict[str, Any]:
    """What is known of one patient, from the first view that says it; None is "not known"."""
    values = {name: [getattr(case.metadata, name) for case in cases] for name in FACTS}
    return {
        name: next((one for one in own if one is not None), None) for name, own in values.items()
    }
