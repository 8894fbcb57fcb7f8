"""What a live Grad-CAM costs: a prediction with its map against the prediction alone.

Both are compiled functions of the same network on the same image, timed in turn so
that other work on the machine falls on both alike.

    python -m bench.gradcam [--rounds 60]
"""

import argparse
import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from core.domain.models import ModelConfig

NETWORKS = {"custom_cnn": 244, "resnet50": 224, "densenet121": 224, "efficientnet_b0": 224}
TARGET = 1.15


def compare(name: str, size: int, rounds: int) -> tuple[float, float, float]:
    """Median milliseconds of the bare prediction and of both, and the median ratio."""
    from core.explanation.gradcam import Explainer
    from core.models.factory import assemble

    built = assemble(ModelConfig(name, size, size, ("negative", "cancer")), seed=1)
    image = np.random.default_rng(1).random((1, size, size, 1), np.float32)
    explain = Explainer(built.model, built.explanation_layer)
    bare = _compiled(built.model, size)
    calls: tuple[Callable[[], Any], ...] = (lambda: bare(image).numpy(), lambda: explain(image))
    for call in calls * 5:
        call()
    pairs = [tuple(_seconds(call) for call in calls) for _ in range(rounds)]
    alone, both = (median(column) for column in zip(*pairs, strict=True))
    return alone * 1000, both * 1000, median(b / a for a, b in pairs)


def _compiled(model: Any, size: int) -> Any:
    import tensorflow as tf

    signature = [tf.TensorSpec((None, size, size, 1), tf.float32)]
    return tf.function(lambda batch: model(batch, training=False), input_signature=signature)


def _seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    print(f"{'network':<18}{'prediction':>12}{'with map':>12}{'ratio':>8}  target {TARGET}")
    for name, size in NETWORKS.items():
        alone, both, ratio = compare(name, size, rounds)
        print(f"{name:<18}{alone:>9.1f} ms{both:>9.1f} ms{ratio:>8.2f}")


if __name__ == "__main__":
    main()
