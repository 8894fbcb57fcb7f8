"""Every try at the model for real mammograms, as commands of Mammolens that can be run again.

    python -m bench.reference                                     lists the tries
    python -m bench.reference NAME... --rsna FOLDER --weights FILE   runs them, one after another
    python -m bench.reference NAME... --show                      only shows the commands

What a try needs is made first where it is missing: datasets, phantoms, pretrained networks.
Each ends in a cross-validation and a row of the table in docs/reference-models.md: AUC per
image and per breast, and beside age alone and the frozen network on the same patients.
A try of one fold is judged on the patients of that fold only. Nothing is done twice: what is
there already is measured again, and an interrupted try goes on.
"""

import argparse
import json
import shlex
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import context
from bench.reference_tries import DATASETS, LESSONS, PRETRAINED, TRIES, Try
from core import paths
from core.domain.runs import RunState
from core.errors import InputError
from core.preprocessing import specs
from core.services import groups, out_of_fold

BASELINE = "frozen"
ASKED_EVERY = 5.0  # seconds
UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)


class Maker:
    """Runs commands, and remembers in its folder what each run and group was called."""

    def __init__(self, places: dict[str, str], work: Path, show: bool) -> None:
        self._places, self._work, self._show = {**places, "WORK": str(work)}, work, show
        self._kept = work / "tries.json"
        self.made = self._read()

    def group(self, name: str) -> tuple[str, float]:
        """Its cross-validation, and the minutes it took now."""
        wanted, begun = TRIES[name], time.monotonic()
        if name not in self.made:
            self._dataset(wanted.dataset)
            words = ("crossval", *self._asked(wanted), "--folds", "5", "--validation", "0.12")
            self._keep(name, self._run(words).get("group", "GROUP"))
        self._finish(self.made[name], wanted.folds)
        return self.made[name], (time.monotonic() - begun) / 60

    def _finish(self, group: str, folds: int) -> None:
        if self._show:
            return
        if self._finished(group) < folds:
            self._run(("crossval", group, "--go-on"))
        while self._finished(group) < folds:
            if not self._under_way(group):
                raise InputError(f"It ended early: python -m core crossval {group}")
            time.sleep(ASKED_EVERY)
        if self._under_way(group):
            self._run(("crossval", group, "--stop"))

    def _under_way(self, group: str) -> bool:
        return groups.state(groups.statuses(groups.find(group))) in UNDER_WAY

    def _finished(self, group: str) -> int:
        return len(out_of_fold.finished(groups.find(group)))

    def _dataset(self, name: str) -> None:
        if (paths.datasets() / name).exists() and not self._show:
            return
        for command in DATASETS[name]:
            if not (command[0] == "phantom" and Path(self._filled(command[2])).exists()):
                self._run(command)

    def _begun_with(self, start: str) -> str:
        if start in self._places:
            return start
        return self._taught(start) if start in LESSONS else self._pretrained(start)

    def _taught(self, name: str) -> str:
        lesson, out = LESSONS[name], self._work / f"{name}.keras"
        if self._show or not out.exists():
            self._dataset(lesson.dataset)
            words = (lesson.task, lesson.dataset, "--epochs", str(lesson.epochs))
            self._call("bench.pretrain", (*words, "--weights", "WEIGHTS", "--out", str(out)))
        return str(out)

    def _pretrained(self, name: str) -> str:
        wanted, key = PRETRAINED[name], f"pretrained {name}"
        if key not in self.made:
            self._dataset(wanted.dataset)
            words = ("train", *self._asked(wanted), "--wait")
            self._keep(key, self._run(words).get("run", "RUN"))
        return f"run:{self.made[key]}"

    def _asked(self, wanted: Try) -> list[str]:
        words = ["--dataset", wanted.dataset, "--model", wanted.model, "--title", wanted.title]
        settings = list(wanted.settings)
        if start := wanted.begins_with:
            settings.insert(0, f"model.weights={self._begun_with(start)}")
        return [*words, *(word for setting in settings for word in ("--set", setting))]

    def _read(self) -> dict[str, str]:
        stored = self._kept.read_text(encoding="utf-8") if self._kept.exists() else "{}"
        return dict(json.loads(stored))

    def _keep(self, name: str, value: str) -> None:
        self.made = {**self._read(), **self.made, name: value}
        if not self._show:
            self._work.mkdir(parents=True, exist_ok=True)
            self._kept.write_text(json.dumps(self.made, indent=1), encoding="utf-8")

    def _run(self, command: tuple[str, ...]) -> dict[str, Any]:
        return dict(json.loads(self._call("core", command, "--json") or "{}"))

    def _call(self, module: str, command: tuple[str, ...], *more: str) -> str:
        words = [self._filled(word) for word in command]
        print("$ python -m", module, shlex.join(words), file=sys.stderr, flush=True)
        if self._show:
            return ""
        call = [sys.executable, "-m", module, *words, *more]
        done = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"It ended with {done.returncode}. The reason stands above.")
        return done.stdout

    def _filled(self, word: str) -> str:
        kind, _, size = word.partition(":")
        if kind in ("SIZE", "GRAINY"):
            return self._spec(kind, size)
        for name, value in self._places.items():
            word = word.replace(name, value)
        return word

    def _spec(self, kind: str, size: str) -> str:
        height, width = (int(number) for number in size.split("x"))
        file = self._work / f"{kind.lower()}-{size}.json"
        if not self._show:
            self._work.mkdir(parents=True, exist_ok=True)
            spec = specs.load("breast-stretched-640").with_size(height, width)
            if kind == "GRAINY":
                kept = tuple(step for step in spec.steps if step.step != "gaussian")
                spec = replace(spec, name="breast-stretched-grainy", steps=kept)
            file.write_text(spec.to_json(), encoding="utf-8")
        return str(file)


def plain_row(wanted: Try, group_id: str, minutes: float) -> str:
    """Of another set, on which there is no baseline."""
    found = out_of_fold.result(groups.find(group_id))
    title, auc = f"{wanted.title}, {found.cases} images", context.said(found.pooled["auc"])
    return f"| {title} | {auc} | | | | {len(found.folds)} | {minutes:.0f} |"


def row(wanted: Try, group_id: str, minutes: float, baseline: str) -> str:
    """A network that reads a breast's views together has no answer to a single image."""
    together = groups.find(group_id).training.sequence is not None
    own, rest = (context.images_of(groups.find(name)) for name in (group_id, baseline))
    levels = [
        (own, rest, ["image_id"]),
        (context.by_breast(own), context.by_breast(rest), ["patient_id", "laterality"]),
    ][together:]
    cells = [wanted.title, *[""] * together]
    for table, others, keys in levels:
        joined = table.merge(others[[*keys, context.NETWORK]], on=keys, suffixes=("", "_rest"))
        names = (context.NETWORK, "age", f"{context.NETWORK}_rest")
        known = {name: joined[name].fillna(joined[name].median()) for name in names}
        found = context.areas(joined, {n: v.to_numpy(float) for n, v in known.items()})
        cells.append(context.said(found.interval(0)))
    cells += [context.said(found.difference(0, place)[0], "+") for place in (1, 2)]
    return "| " + " | ".join([*cells, str(own["fold"].nunique()), f"{minutes:.0f}"]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--rsna", default="RSNA", help="train.csv and train_images of the set")
    parser.add_argument("--mias", default="MIAS", help="the folder of mini-MIAS")
    parser.add_argument("--weights", default="WEIGHTS", help="ImageNet's, of MobileNetV2 0.35")
    parser.add_argument("--work", type=Path, help="for phantoms and what things were called")
    parser.add_argument("--show", action="store_true", help="only the commands")
    parser.add_argument("--no-table", action="store_true", help="only the groups' names")
    args = parser.parse_args()
    if not args.names:
        print("\n".join(f"{name:22} {wanted.title}" for name, wanted in TRIES.items()))
        return
    if unknown := [name for name in args.names if name not in TRIES]:
        raise SystemExit(f"No such try: {', '.join(unknown)}. Known: {', '.join(TRIES)}.")
    work = args.work or paths.workspace() / "reference"
    places = {"RSNA": args.rsna, "MIAS": args.mias, "WEIGHTS": args.weights}
    maker = Maker(places, work.resolve(), args.show)
    if args.no_table:
        print("\n".join(maker.group(name)[0] for name in args.names))
        return
    baseline = maker.group(BASELINE)[0]
    print("| try | per image (95%) | per breast (95%) | above age | above at rest | folds | min |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in args.names:
        group, minutes = maker.group(name)
        if not args.show:
            tried = TRIES[name]
            own = tried.dataset.startswith("mias")
            said = plain_row(tried, group, minutes) if own else row(tried, group, minutes, baseline)
            print(said, flush=True)


if __name__ == "__main__":
    main()
