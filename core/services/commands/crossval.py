"""Train one network a fold and judge each on the patients it never saw; or look at such groups."""

import argparse
import sys
from typing import Any

from core.domain.figures import figure_info
from core.services import crossval, groups, out_of_fold
from core.services.commands import _run_output, _settings
from core.services.commands._counting import Counter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("group", nargs="?", metavar="GROUP", help="a group to look at")
    _settings.add_arguments(parser)
    parser.add_argument("--folds", type=int, default=crossval.FOLDS, metavar="K")
    parser.add_argument(
        "--seeds",
        type=int,
        nargs="+",
        default=list(crossval.SEEDS),
        metavar="S",
        help="each deals the folds anew and trains with that seed",
    )
    parser.add_argument(
        "--validation",
        type=float,
        default=crossval.VALIDATION,
        metavar="SHARE",
        help="of the images learned from, to choose the best epoch",
    )
    parser.add_argument(
        "--keep-test", default="", metavar="S", help="leave the test part of this split aside"
    )
    parser.add_argument("--title", default="", help="a name for people")
    parser.add_argument("--go-on", action="store_true", help="do what is still to do in GROUP")
    parser.add_argument("--stop", action="store_true", help="stop the runs of GROUP")
    parser.add_argument("--delete", action="store_true", help="remove GROUP with its runs")
    parser.add_argument("--wait", action="store_true", help="stay until all folds have ended")


def run(args: argparse.Namespace) -> Any:
    if not args.group and not _settings.given(args):
        return crossval.listing()
    group_id = groups.find(args.group).id if args.group else _plan(args)
    if args.delete:
        crossval.delete(group_id)
        return {"group": group_id, "state": "deleted"}
    if args.stop:
        crossval.stop(group_id)
    elif args.go_on or not args.group:
        crossval.go_on(group_id, Counter("images searched for copies"))
    if args.wait:
        crossval.wait(group_id, _Ticker())
    return document(group_id)


def _plan(args: argparse.Namespace) -> str:
    return crossval.plan(
        _settings.chosen(args),
        folds=args.folds,
        seeds=tuple(args.seeds),
        validation=args.validation,
        keep_test=args.keep_test,
        title=args.title,
    ).id


def document(group_id: str) -> dict[str, Any]:
    group = groups.find(group_id)
    found = crossval.describe(group)
    result = out_of_fold.result(group).to_document() if found["finished"] else None
    return {**found, "result": result}


class _Ticker:
    """A line on standard error for each fold that ends."""

    def __init__(self) -> None:
        self._last = -1

    def __call__(self, found: dict[str, Any]) -> None:
        if found["finished"] != self._last:
            self._last = found["finished"]
            line = f"{found['finished']}/{len(found['runs'])} folds have finished"
            print(line, file=sys.stderr, flush=True)


def show(document: Any) -> str:
    if isinstance(document, list):
        if not document:
            return "No groups yet. Begin one: python -m core crossval --dataset NAME --recipe R"
        return "\n".join(_line(item) for item in document)
    if "runs" not in document:
        return f"Group {document['group']}: {document['state']}."
    lines = [_line(document)]
    lines += [
        f"  seed {item['seed']} fold {item['fold']}: {item['run'] or '-':22} {item['state']} "
        f"{item['reason']}".rstrip()
        for item in document["runs"]
    ]
    return "\n".join([*lines, *_figures(document["result"])])


def _line(item: dict[str, Any]) -> str:
    if "runs" not in item:
        return f"{item['group']:22} {item['state']:12} {item['reason']}"
    done = f"{item['finished']}/{len(item['runs'])}"
    return (
        f"{item['group']:22} {item['state']:12} {done:>7} folds  {item['model']:16} "
        f"{item['dataset']:20} {item['title']}"
    ).rstrip()


def _figures(result: dict[str, Any] | None) -> list[str]:
    if result is None:
        return []
    lines = [
        f"Out of fold: {result['cases']} cases of {result['patients']} patients. "
        "Mean and standard deviation over folds; all together with a 95% interval over patients."
    ]
    for name in out_of_fold.SHOWN:
        if name in result["spread"]:
            spread = result["spread"][name]
            lines.append(
                f"{figure_info(name).title:40} {spread['mean']:.3f} ± {spread['deviation']:.3f}"
                + _pooled(result["pooled"].get(name))
            )
    return [*lines, *result["notes"]]


def _pooled(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    return f"  together {found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


def exit_code(document: Any) -> int:
    return _run_output.code(document) if isinstance(document, dict) else 0
