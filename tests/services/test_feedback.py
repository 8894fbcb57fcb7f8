"""Opinions are kept whole, also when many write at once, and hold nothing of an image."""

import csv
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.domain.images import ImageFacts, Mammogram
from core.errors import InputError, RunError
from core.services import feedback
from core.services.feedback import Opinion

ONE = Opinion("f" * 32, "small", "malignant", 0.8, heatmap_rating=4, comment="It is clear.")
WRITER = """
import sys
from core.services.feedback import Opinion, add
for number in range(25):
    add(Opinion("x", sys.argv[1], "normal", 0.5, comment=str(number)))
"""


def test_what_was_said_comes_back(workspace: Path) -> None:
    assert feedback.every() == []
    assert not feedback.file().exists()
    feedback.add(ONE)
    feedback.add(replace(ONE, doubtful=True, heatmap_rating=None))
    first, second = feedback.every()
    assert (first["heatmap_rating"], first["doubtful"], first["comment"]) == (4, False, ONE.comment)
    assert (second["heatmap_rating"], second["doubtful"]) == (None, True)


def test_several_processes_write_at_once_and_lose_nothing(workspace: Path) -> None:
    names = [f"writer-{number}" for number in range(4)]
    running = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in names]
    assert [process.wait(60) for process in running] == [0] * 4
    rows = feedback.every()
    assert len(rows) == 100
    for name in names:
        assert [row["comment"] for row in rows if row["model"] == name] == [
            str(number) for number in range(25)
        ]


def test_ratings_and_comments_have_bounds(workspace: Path) -> None:
    with pytest.raises(InputError, match="1 to 5"):
        feedback.add(replace(ONE, result_rating=6))
    with pytest.raises(InputError, match="at most 2,000"):
        feedback.add(replace(ONE, comment="x" * 2001))
    assert feedback.every() == []


def test_a_damaged_file_is_named(workspace: Path) -> None:
    feedback.file().parent.mkdir(parents=True, exist_ok=True)
    feedback.file().write_bytes(b"not a database, whatever its name says" * 40)
    with pytest.raises(RunError, match=r"feedback\.sqlite"):
        feedback.add(ONE)


def test_the_command_prints_lines_or_a_safe_table(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback"]) == 0
    assert "No feedback yet" in capsys.readouterr().out
    feedback.add(replace(ONE, comment="=1+1"))
    assert main(["feedback"]) == 0
    assert "small: malignant, heatmap 4, result -" in capsys.readouterr().out
    assert main(["feedback", "--csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["comment"] == "'=1+1"
    assert row["image"] == "f" * 32


def test_the_same_pixels_have_the_same_hash() -> None:
    facts = ImageFacts("PNG", 4, 4, 8)
    one, two = (Mammogram(np.full((4, 4), v, np.float32), facts) for v in (0.1, 0.2))
    assert feedback.image_hash(one) == feedback.image_hash(replace(one))
    assert feedback.image_hash(one) != feedback.image_hash(two)
