"""The same on the command line: what a person does here can be scripted."""

import shlex
from collections.abc import Sequence

import streamlit as st

Words = Sequence[str | float | int]


def show(*commands: Words) -> None:
    with st.expander("The same on the command line", icon=":material/terminal:"):
        st.code(text(*commands), language="bash", wrap_lines=True)


def text(*commands: Words) -> str:
    return "\n".join(line(words) for words in commands)


def line(words: Words) -> str:
    parts = (shlex.quote(one if isinstance(one, str) else f"{one:g}") for one in words)
    return " ".join(["python -m core", *parts])
