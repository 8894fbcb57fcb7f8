"""A visit to a page leaves the models alone that other visitors use."""

import sys
from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner import script_runner
from streamlit.testing.v1 import AppTest


def test_a_run_of_a_page_does_not_clear_the_session_of_keras(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared: list[bool] = []
    session = SimpleNamespace(clear_session=lambda: cleared.append(True))
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(backend=session))
    app.run()
    assert not app.exception
    assert cleared == []


def test_the_name_that_is_replaced_is_still_the_one_that_is_called() -> None:
    assert "_clean_problem_modules" in script_runner.ScriptRunner._run_script.__code__.co_names
