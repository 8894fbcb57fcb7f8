"""Density is a question like any other, for cases whose density somebody wrote down."""

import pytest

from core.domain.cases import Case, Metadata
from core.domain.tasks import task


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("A", "density_a"),
        (" d", "density_d"),
        ("C", "density_c"),
        ("", None),
        (None, None),
        ("5", None),
    ],
)
def test_a_case_has_the_class_of_its_density(written: str | None, named: str | None) -> None:
    case = Case("1", "1", "set", "1.png", metadata=Metadata(density=written))
    assert task("density").of(case) == named


def test_every_class_is_told_in_words() -> None:
    told = [info.plain for info in task("density").classes]
    assert len(set(told)) == 4
    assert all(text.startswith("The model sees") for text in told)
