"""The optimizer a configuration asks for. The rate is set by the schedule, step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.domain.training import TrainConfig
from core.training import checkpoint
from core.training.steps import Engine


def make(config: TrainConfig) -> Any:
    from keras import optimizers

    common = {
        "learning_rate": config.learning_rate,
        "global_clipnorm": config.clip_norm or None,
        "weight_decay": config.weight_decay or None,
    }
    if config.weight_average:
        common |= {"use_ema": True, "ema_momentum": config.weight_average}
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


@contextmanager
def averaged(optimizer: Any, variables: list[Any], engine: Engine) -> Iterator[None]:
    """Weights stand at their running mean within, where the optimizer keeps one."""
    keeper = getattr(optimizer, "inner_optimizer", optimizer)
    if not keeper.use_ema:
        yield
        return
    engine.settle()
    learned = checkpoint.values(variables)
    keeper.finalize_variable_values(variables)
    engine.look_again()
    try:
        yield
    finally:
        checkpoint.assign(variables, learned, "weights")
        engine.look_again()
