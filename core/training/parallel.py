"""Several GPUs of one machine: each takes a share of every batch, all hold the same weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.domain.training import TrainConfig
from core.errors import ConfigError


@contextmanager
def shared_among(config: TrainConfig) -> Iterator[int]:
    """Networks built inside live on all devices; gives how many there are."""
    import keras

    backend = keras.backend.backend()
    devices = _devices(backend)[: max(config.gpus, 1)]
    if config.batch_size % len(devices):
        raise ConfigError(
            f"A batch of {config.batch_size} cannot be shared evenly among {len(devices)} GPUs. "
            f"Choose a multiple of {len(devices)} as batch_size, or fewer gpus."
        )
    if len(devices) < 2:
        yield 1
    elif backend == "tensorflow":
        import tensorflow as tf

        with tf.distribute.MirroredStrategy([device.name for device in devices]).scope():
            yield len(devices)
    else:
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
        try:
            yield len(devices)
        finally:
            keras.distribution.set_distribution(None)


def _devices(backend: str) -> list[Any]:
    """GPUs, else what stands for processors, of which there usually is one."""
    if backend == "tensorflow":
        import tensorflow as tf

        return list(tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU"))
    if backend == "jax":
        import jax

        return [f"{device.platform}:{device.id}" for device in jax.local_devices()]
    return ["one"]  # PyTorch runs here on one device
