"""Copies on both sides make a figure better than it is, and the search undoes that."""

from dataclasses import replace

import pytest

from core.errors import InputError
from core.services import copies_demonstration
from core.services.copies_demonstration import PHANTOM, demonstrate


def test_a_random_split_of_copies_looks_better_than_one_that_keeps_them_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = replace(PHANTOM, patients=10, height=240)
    monkeypatch.setattr(copies_demonstration, "PHANTOM", small)
    found = demonstrate(copies=4)
    assert found["brought_together"] > 0.9
    assert found["random_split"]["accuracy"] > found["copies_together"]["accuracy"] + 0.1


def test_a_set_too_small_to_show_anything_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies_demonstration, "PHANTOM", replace(PHANTOM, patients=2, height=240))
    with pytest.raises(InputError, match="needs 20 images"):
        demonstrate()
