"""Models stay loaded between two runs of a page.

After every run of every page, for every visitor, Streamlit calls
`keras.backend.clear_session()`. That throws away the compiled kernels of models in use
(a second of work, and two cores, at the next answer) and swaps Keras's global state under
a model that another thread is just loading. No page builds a model, so there is nothing
to clear. There is no setting for it; the test of this module tells when the name moves.
"""

from streamlit.runtime.scriptrunner import script_runner


def keep() -> None:
    script_runner._clean_problem_modules = _clear_nothing


def _clear_nothing() -> None:
    """Stands where the session would be cleared."""
