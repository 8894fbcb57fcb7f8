"""What there is to compute on and with, for those who offer it."""

from core.training.devices import Gpu, command_for_gpu, gpus

__all__ = ["Gpu", "command_for_gpu", "gpus"]
