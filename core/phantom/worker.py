"""A process of the crew: writes its share of the patients and reports each on standard output."""

import pickle
import sys
from pathlib import Path

import cv2

from core.errors import MammolensError
from core.phantom.config import PhantomConfig
from core.phantom.shard import write_patient


def main() -> None:
    # Whoever prints while we work must not garble the answers.
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    cv2.setNumThreads(1)
    share: tuple[PhantomConfig, Path, str, range] = pickle.load(sys.stdin.buffer)
    config, out, layout, indices = share
    try:
        for index in indices:
            pickle.dump(write_patient(config, out, layout, index), answers)
            answers.flush()
        pickle.dump(None, answers)
    except (MammolensError, OSError) as fault:
        pickle.dump(fault, answers)


if __name__ == "__main__":
    main()
