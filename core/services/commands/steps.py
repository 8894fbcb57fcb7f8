"""Show what each step of a preprocessing does to one image, as pictures in a folder."""

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.domain.images import Pixels
from core.errors import InputError
from core.preprocessing.pipeline import decode_for
from core.services import bench, saved_specs
from core.services.commands._targets import new_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", action="store_true", help="the steps there are, and their use")
    parser.add_argument("file", nargs="?", help="an image file")
    parser.add_argument("--spec", default="reading-room", help="by name, or a JSON file")
    parser.add_argument("--out", type=new_folder, help="a folder for the pictures")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.list:
        return {"steps": [_described(step) for step in bench.steps().values()]}
    if not args.file:
        raise InputError(
            "Which image? Give a file: python -m core steps FILE --spec NAME --out DIR"
        )
    spec = saved_specs.load(args.spec)
    walked = bench.walk(decode_for(Path(args.file), spec), spec)
    frames = [("start", walked.first), *((s.spec.step, s.after) for s in walked.stages)]
    frames.append(("input", walked.last))
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
    shown = [
        {"step": name, "height": frame.size[0], "width": frame.size[1]} for name, frame in frames
    ]
    for place, (item, (name, frame)) in enumerate(zip(shown, frames, strict=True)):
        item["picture"] = _save(args.out, f"{place:02d}-{name}.png", frame.pixels)
    faults = [stage.fault for stage in walked.stages if stage.fault]
    return {"spec": spec.name, "frames": shown, "faults": faults}


def _save(folder: Path | None, name: str, pixels: Pixels) -> str | None:
    if folder is None:
        return None
    _, data = cv2.imencode(".png", np.rint(np.clip(pixels, 0, 1) * 65535).astype(np.uint16))
    (folder / name).write_bytes(bytes(data))
    return str(folder / name)


def _described(step: bench.Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "title": step.title,
        "help": step.help,
        "parameters": [
            {"name": one.name, "title": one.title, "default": one.default, "allowed": one.allowed}
            for one in step.parameters
        ],
    }


def show(document: dict[str, Any]) -> str:
    if "steps" in document:
        return "\n".join(_step_line(step) for step in document["steps"])
    lines = [
        f"{frame['step']:<20} {frame['width']} x {frame['height']}  {frame['picture'] or ''}"
        for frame in document["frames"]
    ]
    return "\n".join([*lines, *document["faults"]])


def _step_line(step: dict[str, Any]) -> str:
    parameters = "".join(
        f"\n    {one['name']:<16} {one['title']}: {one['allowed']}, else {one['default']}"
        for one in step["parameters"]
    )
    return f"{step['name']:<18} {step['help']}{parameters}"
