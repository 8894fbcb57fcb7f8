"""How fast a set of DICOM files becomes arrays, beside the conversion that system D used.

That conversion reads a file with pydicom, divides by the maximum in double precision, writes
a PNG at full size, opens it again, and shrinks it to 244 pixels with Lanczos. Both run on
the same files with as many processes, in turn, so that a busy machine slows them alike;
both with and without the start of their processes. The files are hard links to one, so both read
from the page cache. Memory is that of all our processes together. Both sides find their modules
compiled, as an installed program does.

    python -m bench.prepare [--files 200] [--theirs 30] [--workers 2] [--rounds 3] [--json]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil

ROWS, COLUMNS, SIDE = 4084, 3328, 244
TARGETS = {"explicit": 15.0, "jpeg-lossless": 3.0, "jpeg2000": 2.0}


def write_files(folder: Path, syntax: str, count: int) -> None:
    from core.domain.cases import Side, View
    from core.phantom import PhantomConfig, image
    from core.phantom.dicom import dicom_bytes

    made = image(PhantomConfig(seed=5, height=ROWS), 0, Side.LEFT, View.MLO)
    pixels = np.zeros((ROWS, COLUMNS), made.pixels.dtype)
    width = min(COLUMNS, made.pixels.shape[1])
    pixels[:, :width] = made.pixels[:, :width]
    content = dicom_bytes(replace(made, pixels=pixels), syntax=syntax)
    lines = ["image_id,patient_id,path,label"]
    (folder / "0.dcm").write_bytes(content)
    for number in range(count):
        if number:
            (folder / f"{number}.dcm").hardlink_to(folder / "0.dcm")
        lines.append(f"i{number},p{number},{number}.dcm,{'benign' if number % 2 else 'malignant'}")
    (folder / "cases.csv").write_text("\n".join(lines) + "\n")


def convert(files: list[Path], out: Path) -> None:
    """The conversion of system D, one file after the other."""
    import pydicom
    from PIL import Image

    started = time.perf_counter()
    for file in files:
        pixels = pydicom.dcmread(file).pixel_array.astype(np.float64)
        whole = out / f"{file.stem}.png"
        Image.fromarray((pixels / pixels.max() * 255).astype(np.uint8)).save(whole)
        small = Image.open(whole).convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        np.save(out / f"{file.stem}.npy", np.asarray(small))
    print(time.perf_counter() - started)


def theirs(folder: Path, out: Path, count: int, workers: int) -> tuple[float, float]:
    """Seconds a file, with the start of the processes and without."""
    files = sorted(folder.glob("*.dcm"))[:count]
    started = time.perf_counter()
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "bench.prepare",
                "--convert",
                str(out),
                *map(str, files[n::workers]),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(workers)
    ]
    said = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise SystemExit("the conversion to compare with has failed")
    return (time.perf_counter() - started) / count, max(map(float, said)) / count


def ours(
    folder: Path, workers: int, name: str, limit: int | None = None
) -> tuple[float, float, float]:
    """Seconds a file, with the start of the command and without, and the peak memory in GB.

    Pages that processes share are counted once.
    """
    started = time.perf_counter()
    words = ["prepare", "manifest", str(folder), "--name", name, "--spec", "d-four-class"]
    words += ["--task", "benign-malignant", "--workers", str(workers), "--json"]
    words += ["--limit", str(limit)] if limit else []
    process = subprocess.Popen(
        [sys.executable, "-m", "core", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    peak = watch_memory(process.pid)
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit("our preparation has failed")
    document = json.loads(said)
    seconds = time.perf_counter() - started
    return seconds / document["images"], document["seconds"] / document["images"], peak()


def _compile_modules(folder: Path, out: Path, kept: Path) -> None:
    """One small run of each, whatever the environment says of bytecode."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(kept)
    theirs(folder, out, 1, 1)
    ours(folder, 1, "compiled", limit=1)


def watch_memory(pid: int) -> Callable[[], float]:
    most = [0]

    def look() -> None:
        while psutil.pid_exists(pid):
            try:
                top = psutil.Process(pid)
                family = [top, *top.children(recursive=True)]
                most[0] = max(most[0], sum(one.memory_full_info().pss for one in family))
            except psutil.Error:
                pass
            time.sleep(0.02)

    threading.Thread(target=look, daemon=True).start()
    return lambda: most[0] / 1e9


def measure(syntax: str, args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as made:
        folder, out = Path(made) / "files", Path(made) / "png"
        folder.mkdir()
        out.mkdir()
        os.environ["MAMMOLENS_WORKSPACE"] = str(Path(made) / "workspace")
        write_files(folder, syntax, args.files)
        _compile_modules(folder, out, Path(made) / "compiled")
        old, new, whole, ratios, peaks = [], [], [], [], []
        for number in range(args.rounds):
            begun, before = theirs(folder, out, args.theirs, args.workers)
            command, after, peak = ours(folder, args.workers, f"set{number}")
            old.append(before)
            new.append(after)
            ratios.append(before / after)
            whole.append(begun / command)
            peaks.append(peak)
    return {
        "syntax": syntax,
        "theirs_ms": 1000 * median(old),
        "ours_ms": 1000 * median(new),
        "times": median(ratios),
        "times_with_start": median(whole),
        "target": TARGETS[syntax],
        "memory_gb": max(peaks),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--theirs", type=int, default=30, help="files for the slow one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--syntax", action="append", choices=list(TARGETS))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--convert", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("inputs", nargs="*", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.convert:
        convert(args.inputs, args.convert)
        return
    rows = [measure(syntax, args) for syntax in args.syntax or TARGETS]
    print(json.dumps(rows, indent=2) if args.json else table(rows, args.workers))


def table(rows: list[dict[str, Any]], workers: int) -> str:
    head = f"{COLUMNS} x {ROWS} pixels, 16 bits, {workers} processes, wall-clock time a file"
    lines = [head, "", "| stored as | system D | here | times | asked | with start | memory |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    lines += [
        f"| {row['syntax']} | {row['theirs_ms']:.0f} ms | {row['ours_ms']:.0f} ms "
        f"| {row['times']:.1f} | {row['target']:.0f} | {row['times_with_start']:.1f} "
        f"| {row['memory_gb']:.2f} GB |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
