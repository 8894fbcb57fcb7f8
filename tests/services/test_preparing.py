"""A preparation that stopped goes on exactly as it was begun."""

import json
from pathlib import Path

import pytest

from core.__main__ import parser
from core.datasets.prepare import prepare_dataset
from core.domain.dataset import PatchPlan, PrepareRequest, Source
from core.domain.preprocess import PreprocessSpec, ScaleSpec, StepSpec, Unit
from core.errors import DatasetError
from core.services import background, dataset_options, phantom_sets, preparing


def asked(arguments: list[str], name: str) -> PrepareRequest:
    """What the command line makes of the words, without preparing anything."""
    args = parser("prepare").parse_args(["prepare", *arguments, "--name", name])
    patches = PatchPlan(args.patches, args.margin, args.background) if args.patches else None
    sources = [dataset_options.source(args.format, args.path, args.option)]
    sources += [dataset_options.source(kind, path) for kind, path in args.add]
    return dataset_options.request(
        args.name,
        sources,
        recipe=args.recipe,
        spec=args.spec,
        size=args.size,
        views=args.view,
        task_name=args.task,
        limit=args.limit,
        patches=patches,
        seed=args.seed,
    )


@pytest.mark.parametrize("patches", [None, PatchPlan(32, 0.1, 2.0)])
def test_the_words_make_the_same_request_again(
    phantom_workspace: Path, tmp_path: Path, patches: PatchPlan | None
) -> None:
    for name in ("one", "other"):
        (tmp_path / name / "normal").mkdir(parents=True)
    sources = tuple(Source("folder", str((tmp_path / name).resolve())) for name in ("one", "other"))
    scale = ScaleSpec(2.0, Unit.SOURCE_PIXELS)
    spec = PreprocessSpec(
        "own", (StepSpec("stretch"),), 32, 32, working_height=None, bits=16, scale=scale
    )
    request = PrepareRequest("half", sources, spec, "cancer", ("MLO",), 12, patches, 5)
    folder = phantom_workspace / "datasets" / "half"
    folder.mkdir()
    from dataclasses import asdict

    (folder / "request.json").write_text(json.dumps({"request": asdict(request), "cases": "x"}))
    assert asked(preparing.arguments("half"), "half") == request


def test_the_command_line_goes_on_with_what_was_stopped(phantom_workspace: Path) -> None:
    folder = phantom_workspace / "datasets" / "small"
    source = Source(**json.loads((folder / "dataset.json").read_text())["options"]["sources"][0])
    request = dataset_options.request("half", [source], size=32)
    seen = []

    def stop() -> bool:
        seen.append(1)
        return len(seen) > 5

    with pytest.raises(Exception, match="Stopped"):
        prepare_dataset(request, 1, stop=stop)
    again = asked(preparing.arguments("half"), "half")
    assert again == request
    assert prepare_dataset(again, 1).info.images == 16


def test_what_was_asked_must_be_known(phantom_workspace: Path) -> None:
    (phantom_workspace / "datasets" / "half").mkdir()
    with pytest.raises(DatasetError, match="not known any more"):
        preparing.arguments("half")


@pytest.mark.parametrize("name", ["small", "../up", ""])
def test_a_new_dataset_needs_a_free_name(phantom_workspace: Path, name: str) -> None:
    with pytest.raises(DatasetError):
        preparing.begin(name, ["folder", "/x"])
    assert background.jobs() == []


def test_a_phantom_set_has_a_free_name_too(phantom_workspace: Path) -> None:
    with pytest.raises(DatasetError, match="already"):
        phantom_sets.make("small")
    assert phantom_sets.free_name("small") == "small-2"
    assert phantom_sets.free_name("large") == "large"
