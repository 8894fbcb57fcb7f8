"""What there is to compute on, found without importing a deep-learning library."""

import ctypes.util
import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from core.domain.training import Backend, TrainConfig
from core.errors import ConfigError

INSTALL: dict[Backend, str] = {
    "tensorflow": 'pip install "tensorflow[and-cuda]"',
    "jax": 'pip install "jax[cuda12]"',
    "torch": "pip install --force-reinstall torch",
}
# Each of these brings the libraries without which the backend sees no GPU.
_JAX_PLUGINS = ("jax-cuda13-plugin", "jax-cuda12-plugin")
_TENSORFLOW_LIBRARIES = ("nvidia-cudnn-cu12", "nvidia-cudnn-cu13")


@dataclass(frozen=True)
class Gpu:
    index: int
    name: str
    memory_gb: float
    used_gb: float = 0.0
    load: float | None = None  # share of the time at work; None where the driver does not say


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
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    return Gpu(
        number,
        name if isinstance(name, str) else name.decode(),
        round(memory.total / 2**30, 1),
        round(memory.used / 2**30, 1),
        _load(handle),
    )


def _load(handle: object) -> float | None:
    import pynvml

    try:
        return float(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu) / 100
    except pynvml.NVMLError:
        return None


def installed(backend: Backend) -> bool:
    return find_spec(backend) is not None


def command_for_gpu(backend: Backend) -> str:
    """What to type so that this backend sees a GPU; empty where it does already."""
    seen = {"tensorflow": _tensorflow_sees, "jax": _jax_sees, "torch": _torch_sees}
    return "" if installed(backend) and seen[backend]() else INSTALL[backend]


def _tensorflow_sees() -> bool:
    """Its plain package is built for GPUs but lacks NVIDIA's libraries."""
    brought = any(_version(name) for name in _TENSORFLOW_LIBRARIES)
    return brought or ctypes.util.find_library("cudnn") is not None


def _jax_sees() -> bool:
    return any(_version(name) for name in _JAX_PLUGINS)


def _torch_sees() -> bool:
    return not _version("torch").endswith("+cpu")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def idle_gpu(config: TrainConfig) -> str:
    """A sentence when a GPU is there and the backend cannot use it."""
    command = command_for_gpu(config.backend)
    if on_processor(config) or not command:
        return ""
    return f"{config.backend} cannot use the GPU of this machine. This would change it: {command}"


def on_processor(config: TrainConfig) -> bool:
    return config.gpus == 0 or not gpus()


def check_precision(config: TrainConfig) -> None:
    if config.precision == "mixed_float16" and on_processor(config):
        raise ConfigError(
            "mixed_float16 needs a GPU: on a processor it is seven times slower than float32. "
            "Choose precision=mixed_bfloat16 or float32."
        )
