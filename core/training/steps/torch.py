"""The step on PyTorch, run as it is written. This module imports torch."""

from typing import Any

import keras
import numpy as np
import torch

from core.domain.training import TrainConfig
from core.training.network import Network
from core.training.pipeline import Batch
from core.training.rows import IMAGES
from core.training.steps.forward import Forward


def make(network: Network, optimizer: Any, config: TrainConfig, cached: bool) -> "TorchEngine":
    return TorchEngine(network, optimizer, config, cached)


class TorchEngine:
    def __init__(self, network: Network, optimizer: Any, config: TrainConfig, cached: bool) -> None:
        self._network, self._optimizer, self._cached = network, optimizer, cached
        self._forward = Forward(config)
        optimizer.build(network.head.trainable_variables)

    def train(self, batch: Batch, rate: float) -> tuple[Any, Any]:
        head, optimizer = self._network.head, self._optimizer
        optimizer.learning_rate = rate
        crossing = self._crossing(batch)
        logits = head(crossing, training=True)
        targets, weights = _tensor(batch.targets), _tensor(batch.weights)
        total, blame = self._forward.loss(logits, targets, weights, head.losses)
        variables = head.trainable_variables
        slopes = torch.autograd.grad(optimizer.scale_loss(total), [v.value for v in variables])
        with torch.no_grad():
            optimizer.apply(list(slopes), variables)
        return blame.detach(), logits.detach()

    def predict(self, batch: Batch) -> Any:
        with torch.no_grad():
            return self._network.head(self._crossing(batch), training=False)

    def features(self, batch: Batch) -> Any:
        with torch.no_grad():
            return self._cross(batch)

    def settle(self) -> None:
        """Variables are updated in place here."""

    def look_again(self) -> None:
        """Variables are read in place here."""

    def _crossing(self, batch: Batch) -> Any:
        if self._cached:
            return keras.tree.map_structure(_tensor, batch.inputs)
        with torch.no_grad():
            return self._cross(batch)

    def _cross(self, batch: Batch) -> Any:
        draws = {name: _tensor(values) for name, values in batch.draws.items()}
        # 16 bits without a sign are half known to torch: what they were is told apart.
        several = isinstance(batch.inputs, dict)
        pictures = batch.inputs[IMAGES] if several else batch.inputs
        largest = int(np.iinfo(str(pictures.dtype)).max)
        stored = _tensor(pictures.astype(np.int32))
        if several:
            stored = {**{k: _tensor(v) for k, v in batch.inputs.items()}, IMAGES: stored}
        images = self._forward.images(stored, draws, largest)
        trunk = self._network.trunk
        return images if trunk is None else trunk(self._network.for_trunk(images), training=False)


def _tensor(values: Any) -> Any:
    from keras import ops

    return ops.convert_to_tensor(values)
