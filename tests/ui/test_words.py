"""Numbers and words are written one way everywhere."""

import pytest

from core.domain.card import Interval
from ui import words


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.8734, "87.3%"),
        (0.5, "50.0%"),
        (0.0, "under 0.1%"),
        (0.00099, "under 0.1%"),
        (1.0, "over 99.9%"),
        (0.9995, "over 99.9%"),
        (0.999, "99.9%"),
    ],
)
def test_a_probability_is_a_percentage_and_never_claims_certainty(
    share: float, written: str
) -> None:
    assert words.percent(share) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.87345, "0.873"),
        (0.9, "0.900"),
        (1.0, "1.00"),
        (0.0, "0"),
        (12.345, "12.3"),
        (4321, "4,321"),
    ],
)
def test_figures_have_three_significant_digits(value: float, written: str) -> None:
    assert words.figure(value) == written


def test_an_interval_is_written_beside_its_figure() -> None:
    assert words.interval(Interval(0.87, 0.8512, 0.9, 120)) == "0.851 to 0.900"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.2, "under a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (61, "1 minute"),
        (7300, "2 hours"),
    ],
)
def test_durations_are_in_words(seconds: float, written: str) -> None:
    assert words.duration(seconds) == written


@pytest.mark.parametrize(
    ("items", "written"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_read_as_a_sentence(items: list[str], written: str) -> None:
    assert words.joined(items) == written


def test_every_term_is_explained_in_a_sentence() -> None:
    for name, term in words.GLOSSARY.items():
        assert term.plain.endswith("."), name
        assert words.explain(name) == term.plain


def test_a_term_nobody_explained_is_still_readable() -> None:
    assert words.title("some_new_metric") == "Some new metric"
    assert words.explain("some_new_metric") is None
