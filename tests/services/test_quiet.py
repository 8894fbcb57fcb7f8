"""What a library says about itself is not heard, and everything else is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import paths
from core.services import quiet

SAID = """\
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795247351.310263    2478 port.cc:153] oneDNN custom operations are on.
E0000 00:00:1795247935.521595    6994 cuda_platform.cc:52] failed call to cuInit: UNKNOWN (303)
E0000 00:00:1795247935.521595    6994 cuda_dnn.cc:12] The library does not fit the driver.
Illegal instruction
"""


@pytest.mark.parametrize("driver", [False, True])
def test_only_greetings_are_left_out(
    driver: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quiet, "DRIVER", tmp_path if driver else tmp_path / "none")
    with quiet.greetings_held():
        os.write(2, SAID.encode())
        print("Ours.", file=sys.stderr)
    print("Later.", file=sys.stderr)
    kept = [line.rpartition("] ")[2] for line in capfd.readouterr().err.splitlines()]
    gpu = ["failed call to cuInit: UNKNOWN (303)"] if driver else []
    others = ["The library does not fit the driver.", "Illegal instruction"]
    assert kept == ["Ours.", *gpu, *others, "Later."]


@pytest.mark.parametrize(("level", "heard"), [(None, False), ("0", True)])
def test_the_library_is_loaded_quietly_unless_somebody_wants_to_hear(
    level: str | None, heard: bool, tmp_path: Path
) -> None:
    greeting = "I0000 00:00:17.310263    2478 port.cc:153] Hello."
    (tmp_path / "tensorflow.py").write_text(
        f"import os, types\nos.write(2, b'{greeting}\\n')\n"
        "config = types.SimpleNamespace(list_physical_devices=lambda kind: [])\n"
    )
    code = (
        "from core.services.quiet import be_quiet; be_quiet()\n"
        "import importlib.util; assert importlib.util.find_spec('tensorflow')\n"
        "import tensorflow; raise SystemExit('The end.')"
    )
    environment = {k: v for k, v in os.environ.items() if k != quiet.LEVEL}
    environment |= {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(paths.ROOT)])}
    environment |= {quiet.LEVEL: level} if level else {}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stderr.splitlines() == ([greeting] if heard else []) + ["The end."]
