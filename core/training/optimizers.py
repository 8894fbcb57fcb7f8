"""The optimizer a configuration asks for. The rate is set by the schedule, step by step."""

from typing import Any

from core.domain.training import TrainConfig


def make(config: TrainConfig) -> Any:
    from keras import optimizers

    common = {
        "learning_rate": config.learning_rate,
        "global_clipnorm": config.clip_norm or None,
        "weight_decay": config.weight_decay or None,
    }
    if config.optimizer == "sgd":
        made = optimizers.SGD(momentum=config.momentum, **common)
    elif config.optimizer == "adamw":
        # Its own decay stands where none is given: without one it would be Adam.
        common["weight_decay"] = config.weight_decay or 0.004
        made = optimizers.AdamW(**common)
    elif config.optimizer == "adagrad":
        made = optimizers.Adagrad(**common)
    else:
        made = optimizers.Adam(**common)
    if config.precision == "mixed_float16":
        return optimizers.LossScaleOptimizer(made)
    return made
