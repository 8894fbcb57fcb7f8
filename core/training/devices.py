"""What there is to compute on, found without importing a deep-learning library."""

import os
from dataclasses import dataclass
from importlib.util import find_spec

from core.domain.training import TrainConfig
from core.errors import ConfigError


@dataclass(frozen=True)
class Gpu:
    index: int
    name: str
    memory_gb: float


def gpus() -> list[Gpu]:
    """Those the driver tells of and CUDA_VISIBLE_DEVICES leaves; none where there is no driver."""
    if find_spec("pynvml") is None:
        return []
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        found = [_gpu(number) for number in range(pynvml.nvmlDeviceGetCount())]
    finally:
        pynvml.nvmlShutdown()
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return found
    return [gpu for gpu in found if str(gpu.index) in visible.split(",")]


def _gpu(number: int) -> Gpu:
    import pynvml

    handle = pynvml.nvmlDeviceGetHandleByIndex(number)
    name = pynvml.nvmlDeviceGetName(handle)
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle).total / 2**30
    return Gpu(number, name if isinstance(name, str) else name.decode(), round(memory, 1))


def check_precision(config: TrainConfig) -> None:
    if config.precision == "mixed_float16" and (config.gpus == 0 or not gpus()):
        raise ConfigError(
            "mixed_float16 needs a GPU: on a processor it is seven times slower than float32. "
            "Choose precision=mixed_bfloat16 or float32."
        )
