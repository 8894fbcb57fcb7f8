"""Sample cases are what their hints say, whatever the phantom becomes."""

import numpy as np
import pytest

from core.errors import NotFound
from core.services.samples import Sample, open_sample, samples


@pytest.mark.parametrize("sample", samples(), ids=lambda s: s.id)
def test_a_sample_shows_what_it_says(sample: Sample) -> None:
    opened = open_sample(sample.id)
    assert opened.case.pathology is sample.pathology
    assert (opened.case.laterality, opened.case.view) == (sample.side, sample.view)
    assert opened.mammogram.facts.modality == "MG"
    assert bool(opened.truth) == (sample.pathology.value != "normal")
    for mask in opened.truth:
        rows, columns = np.nonzero(mask)
        assert mask.shape == (opened.mammogram.facts.rows, opened.mammogram.facts.columns)
        assert opened.mammogram.pixels[rows, columns].mean() > 0.05


def test_titles_do_not_give_the_answer_away() -> None:
    words = " ".join(s.title.lower() for s in samples())
    assert not any(w in words for w in ("benign", "malignant", "normal", "cancer"))


def test_an_unknown_sample_is_named_with_those_that_exist() -> None:
    with pytest.raises(NotFound, match="case-a"):
        open_sample("case-z")
