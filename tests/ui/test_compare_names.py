"""Runs of one name are told apart by what differs, and by their ids where nothing does."""

from pathlib import Path

from core.services import repeats, run_table
from tests.training.fake_runs import write_run
from ui.train.compare import names


def test_names_say_what_differs(workspace: Path) -> None:
    write_run(workspace, "20260101-100000", seed=0)
    write_run(workspace, "20260101-100001", seed=1)
    write_run(workspace, "20260101-100002", learning_rate=0.01)
    write_run(workspace, "20260101-100003", title="mine")
    said = names.runs(run_table.rows())
    assert said == {
        "20260101-100003": "mine",
        "20260101-100002": "custom_cnn, learning_rate 0.01, seed 0",
        "20260101-100001": "custom_cnn, learning_rate 0.001, seed 1",
        "20260101-100000": "custom_cnn, learning_rate 0.001, seed 0",
    }


def test_runs_alike_in_everything_are_told_apart_by_id(workspace: Path) -> None:
    for number in (0, 1):
        write_run(workspace, f"20260101-10000{number}", title="same")
    assert set(names.runs(run_table.rows()).values()) == {
        "same, 20260101-100000",
        "same, 20260101-100001",
    }


def test_a_group_is_named_without_its_seeds(workspace: Path) -> None:
    for seed in (0, 1):
        write_run(workspace, f"20260101-10000{seed}", seed=seed)
    write_run(workspace, "20260101-100002", learning_rate=0.01)
    rows = run_table.rows()
    said = [names.group(one, rows) for one in repeats.groups(rows)]
    assert said == [
        "custom_cnn, learning_rate 0.01 (1 run)",
        "custom_cnn, learning_rate 0.001 (2 runs)",
    ]
