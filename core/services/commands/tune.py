"""Search for better settings with runs that vary them; or look at, stop and use such studies."""

import argparse
import json
import sys
from typing import Any

from core.datasets.splits import check_seed
from core.domain.training import TrainConfig
from core.domain.tuning import PRUNERS, Trial
from core.errors import InputError
from core.services import presets, runs, studies
from core.services.commands import _run_output, _settings
from core.training import search_spaces


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", nargs="?", metavar="STUDY", help="its name, old or new")
    _settings.add_arguments(parser)
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="KEY=RANGE",
        help="learning_rate=1e-5..1e-2:log, batch_size=8,16,32, augmentation.rotation=0..30:5; may "
        "be repeated; without any, the usual ones of the recipe",
    )
    parser.add_argument("--trials", type=int, metavar="N", help="in all; 20 for a new study")
    parser.add_argument("--metric", default="", help="what to improve; usually the run's own")
    parser.add_argument("--pruner", default="median", choices=PRUNERS)
    parser.add_argument("--seed", type=int, default=0, help="of the search, not of the runs")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="trials at once")
    parser.add_argument("--go-on", action="store_true", help="resume, or work on with more trials")
    parser.add_argument("--stop", action="store_true", help="stop; what was learned is kept")
    parser.add_argument("--delete", action="store_true", help="remove the study with its runs")
    parser.add_argument("--best", action="store_true", help="the best trial's settings")
    parser.add_argument("--save-preset", default="", metavar="P", help="keep the best as a preset")
    parser.add_argument("--start", action="store_true", help="queue a run with the best settings")
    parser.add_argument("--wait", action="store_true", help="stay until nobody works on it")


def run(args: argparse.Namespace) -> Any:
    if not args.study:
        return [_short(name) for name in studies.names()]
    name = args.study
    if args.best or args.save_preset or args.start:
        return _best(args)
    if args.delete:
        studies.delete(name)
        return {"study": name, "state": "deleted"}
    if args.stop:
        studies.stop(name)
    elif not studies.is_study(name):
        _create(args)
        studies.go_on(name, workers=args.workers)
    elif _settings.given(args):
        raise InputError(f"There is a study {name!r} already. Go on with it, or choose a new name.")
    elif args.go_on or args.trials:
        studies.go_on(name, workers=args.workers, trials=args.trials)
    if args.wait:
        studies.wait(name, _Ticker())
    return studies.describe(name)


def _short(name: str) -> dict[str, Any]:
    try:
        return {k: v for k, v in studies.describe(name).items() if k not in ("trials", "space")}
    except InputError as fault:
        return {"study": name, "state": "failed", "reason": str(fault)}


def _create(args: argparse.Namespace) -> None:
    check_seed(args.seed)
    if not _settings.given(args):
        studies.plan(args.study)  # which says that there is none, and which there are
    config = _settings.chosen(args)
    varied = search_spaces.parse(config, args.vary) or search_spaces.default_space(config)
    wishes: dict[str, Any] = {"pruner": args.pruner, "seed": args.seed}
    wishes |= {"trials": args.trials} if args.trials is not None else {}
    wishes |= {"metric": args.metric} if args.metric else {}
    studies.create(args.study, config, varied, **wishes)


def _best(args: argparse.Namespace) -> dict[str, Any]:
    trial = studies.best(args.study)
    if trial is None:
        raise InputError(f"No trial of study {args.study!r} has come to its end yet. Wait for one.")
    config = studies.configuration(args.study, trial)
    found = {"study": args.study, **_said(trial), "training": config.to_dict()}
    if args.save_preset:
        found["preset"] = str(presets.save(args.save_preset, config))
    if args.start:
        found["started"] = _start(args.study, trial, config)
    return found


def _start(study: str, trial: Trial, config: TrainConfig) -> str:
    return runs.start(config, origin={"best_of": study, "trial": trial.number}).id


def _said(trial: Trial) -> dict[str, Any]:
    return {
        "trial": trial.number,
        "run": trial.run,
        "value": trial.value,
        "values": trial.values,
    }


class _Ticker:
    def __init__(self) -> None:
        self._last = ""

    def __call__(self, found: dict[str, Any]) -> None:
        counts = found["counts"]
        done = found["wanted"] and sum(counts.values()) - counts["running"]
        best = f", best {found['metric']} {found['best']['value']:.3f}" if found["best"] else ""
        line = f"{done}/{found['wanted']} trials{best}"
        if line != self._last:
            print(line, file=sys.stderr, flush=True)
            self._last = line


def show(document: Any) -> str:
    if isinstance(document, list):
        if not document:
            return "No studies yet. Begin one: python -m core tune NAME --dataset D --recipe R"
        return "\n".join(_line(item) for item in document)
    if "training" in document:
        return _best_line(document)
    if "counts" not in document:
        return f"Study {document['study']}: {document['state']}."
    return "\n".join([_line(document), *(_trial_line(item) for item in document["trials"])])


def _line(item: dict[str, Any]) -> str:
    if "counts" not in item:
        return f"{item['study']:20} {item['state']:12} {item['reason']}"
    counts, best = item["counts"], item["best"]
    done = ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
    found = f"  best {item['metric']} {best['value']:.3f} (trial {best['number']})" if best else ""
    reason = f"  {item['reason']}" if item["reason"] else ""
    return f"{item['study']:20} {item['state']:12} {done or '-'} of {item['wanted']}{found}{reason}"


def _trial_line(item: dict[str, Any]) -> str:
    value = f"{item['value']:.4f}" if item["value"] is not None else "-"
    said = f"{item['number']:>5} {item['state']:9} {value:>8}  {_values(item['values'])}"
    return f"{said}  {item['problem']}".rstrip()


def _values(values: dict[str, Any]) -> str:
    parts = (
        f"{key}={value:.4g}" if isinstance(value, float) else f"{key}={json.dumps(value)}"
        for key, value in values.items()
    )
    return " ".join(parts)


def _best_line(document: dict[str, Any]) -> str:
    lines = [
        f"Trial {document['trial']} of {document['study']}, run {document['run']}: "
        f"{document['value']:.4f}",
        " ".join(f"--set '{key}={json.dumps(v)}'" for key, v in document["values"].items()),
    ]
    lines += [f"Kept as {document['preset']}"] if "preset" in document else []
    lines += [f"Queued as run {document['started']}"] if "started" in document else []
    return "\n".join(lines)


def exit_code(document: Any) -> int:
    told = isinstance(document, dict) and "state" in document
    return _run_output.code(document) if told else 0
