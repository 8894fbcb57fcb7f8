import threading
import time

import pytest

from core.services.held import Held


def test_the_least_used_goes_first() -> None:
    held: Held[str] = Held(2)
    for name in ("a", "b", "a", "c"):
        held.get(name, str)
    assert [name in held for name in "abc"] == [True, False, True]


def test_another_stamp_replaces_what_is_held_and_the_same_does_not() -> None:
    held: Held[str] = Held(2)
    held.get("model", lambda: "old", 1)
    assert held.get("model", lambda: "unwanted", 1) == "old"
    assert held.get("model", lambda: "new", 2) == "new"


def test_what_could_not_be_made_is_tried_again() -> None:
    held: Held[int] = Held(2)
    with pytest.raises(ZeroDivisionError):
        held.get("model", lambda: 1 // 0)
    assert "model" not in held
    assert held.get("model", lambda: 1) == 1


def test_many_who_ask_at_once_get_one_thing_made_once() -> None:
    held: Held[object] = Held(2)
    made: list[object] = []
    got: list[object] = []

    def make() -> object:
        time.sleep(0.02)
        made.append(object())
        return made[-1]

    crowd = [threading.Thread(target=lambda: got.append(held.get("x", make))) for _ in range(8)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert len(made) == 1
    assert got == made * 8
