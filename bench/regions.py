"""What share of lesions the proposed regions hold, and how much of the breast they take.

    python -m bench.regions [--patients 30] [--seed 41]

A lesion is held when its centre lies in a proposed region. Phantoms, as their truth is exact.
"""

import argparse

import numpy as np

from core.phantom import PhantomConfig, patient
from core.preprocessing.breast import breast_mask
from core.preprocessing.regions import propose


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--patients", type=int, default=30)
    parser.add_argument("--seed", type=int, default=41)
    args = parser.parse_args()
    config = PhantomConfig(seed=args.seed, patients=args.patients, height=512)
    views = [view for number in range(args.patients) for view in patient(config, number)]
    print("| regions | lesions | held | share of the breast |")
    print("| --- | --- | --- | --- |")
    for most in (1, 3):
        held, shares = [], []
        for view in views:
            pixels = np.asarray(view.pixels, np.float32)
            breast = breast_mask(pixels)
            kept = np.zeros(pixels.shape, bool)
            for region in propose(pixels, breast, most=most):
                kept |= region.mask
            shares.append(float((kept & breast).sum() / max(1, breast.sum())))
            for mask in view.masks:
                row, column = (int(np.mean(places)) for places in np.nonzero(mask))
                held.append(bool(kept[row, column]))
        print(f"| {most} | {len(held)} | {np.mean(held):.0%} | {np.mean(shares):.0%} |")


if __name__ == "__main__":
    main()
