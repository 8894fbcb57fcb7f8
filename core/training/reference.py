"""What the images a model learned from look like to it, small enough to travel with it.

A new image is compared by its pooled features: how unusual it is along the directions in
which training images differ, and how far it lies off them. Plain numpy, so that checking
an image needs nothing of the training code.
"""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.training.atomic import replacing

Features = NDArray[np.float32]
Floats = NDArray[np.float64]

LEVELS = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.999, 1.0)
MOST_DIRECTIONS = 64
# Features times directions; two bytes each, so about a fifth of a megabyte.
MOST_CELLS = 100_000
IMAGES_A_DIRECTION = 10


@dataclass(frozen=True)
class Reference:
    """`levels` and `distances` say how far images lie that the model did not learn from.

    `grey` holds the same quantiles of simple facts about those images, a row a fact.
    """

    mean: Features
    scale: Features
    directions: Features  # (directions, features), orthonormal
    variances: Features  # along each direction
    remainder: float  # mean squared length off all directions
    levels: Floats
    distances: Floats
    grey: Floats
    images: int

    def distance(self, features: Features) -> Floats:
        """One number an image, about 1 for an ordinary one."""
        return _distance(
            features, self.mean, self.scale, self.directions, self.variances, self.remainder
        )

    def share_nearer(self, features: Features) -> Floats:
        """The share of known images that lie nearer; 1 is farther than all of them."""
        return np.interp(self.distance(features), self.distances, self.levels)

    def save(self, path: Path) -> None:
        with replacing(path) as file:
            np.savez_compressed(
                file,
                mean=self.mean,
                scale=self.scale,
                directions=self.directions.astype(np.float16),
                variances=self.variances,
                remainder=np.float64(self.remainder),
                levels=self.levels,
                distances=self.distances,
                grey=self.grey,
                images=np.int64(self.images),
            )

    @classmethod
    def load(cls, path: Path) -> "Reference":
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                found = {name: stored[name] for name in stored.files}
            found["directions"] = found["directions"].astype(np.float32)
            numbers = {"remainder": float(found.pop("remainder")), "images": int(found["images"])}
            return cls(**{**found, **numbers})
        except (OSError, ValueError, KeyError, TypeError, BadZipFile) as fault:
            raise ConfigError(
                f"{path.name} cannot be read: {fault}. Publish the model again."
            ) from None


def describe(learned: Features, unseen: Features, images: NDArray[np.float32]) -> Reference:
    """From features of training images; distances are of others, which are not flattered.

    `images` are those others, (n, height, width) in [0, 1].
    """
    mean, scale = learned.mean(axis=0), learned.std(axis=0) + 1e-6
    count = _directions(learned.shape)
    _, lengths, directions = np.linalg.svd((learned - mean) / scale, full_matrices=False)
    variances = (lengths**2 / max(len(learned) - 1, 1)).astype(np.float32)
    # As it will be stored, so that the distances are those of the stored reference.
    kept = directions[:count].astype(np.float16).astype(np.float32)
    remainder = float(variances[count:].sum()) + 1e-6
    known = (mean, scale, kept, variances[:count] + 1e-6, remainder)
    return Reference(
        *known,
        levels=np.array(LEVELS),
        distances=np.quantile(_distance(unseen, *known), LEVELS),
        grey=np.quantile(grey_facts(images), LEVELS, axis=0).T,
        images=len(learned),
    )


def grey_facts(images: NDArray[np.float32]) -> Floats:
    """Mean, spread, share of near black and share of near white, a row an image."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    facts = [flat.mean(axis=1), flat.std(axis=1)]
    facts += [(flat < 0.05).mean(axis=1), (flat > 0.95).mean(axis=1)]
    return np.stack(facts, axis=1)


def _directions(shape: tuple[int, ...]) -> int:
    images, features = shape
    most = min(MOST_DIRECTIONS, features, MOST_CELLS // features, images // IMAGES_A_DIRECTION)
    return max(1, most)


def _distance(
    features: Features,
    mean: Features,
    scale: Features,
    directions: Features,
    variances: Features,
    remainder: float,
) -> Floats:
    centred = ((features - mean) / scale).astype(np.float64)
    along = centred @ directions.T.astype(np.float64)
    off = np.maximum((centred**2).sum(axis=1) - (along**2).sum(axis=1), 0.0)
    squares = (along**2 / variances).sum(axis=1) + off / remainder
    return np.asarray(np.sqrt(squares / (len(directions) + 1)))
