"""One training step on one backend: the only code that knows which library computes."""

from importlib import import_module
from typing import Any, Protocol

from core.domain.training import TrainConfig
from core.training.network import Network
from core.training.pipeline import Batch


class Engine(Protocol):
    """Owns the variables while it works; `settle` puts them back where Keras sees them.

    Results are the backend's arrays, not waited for: convert them when they are needed.
    """

    def train(self, batch: Batch, rate: float) -> tuple[Any, Any]:
        """Loss of the batch and logits of its images, before the update."""
        ...

    def predict(self, batch: Batch) -> Any:
        """Logits, in inference mode and without augmentation."""
        ...

    def features(self, batch: Batch) -> Any:
        """What crosses the cut, augmented as the batch says."""
        ...

    def settle(self) -> None: ...

    def look_again(self) -> None:
        """Somebody has changed variables that Keras sees: read them before the next step."""
        ...


def engine(network: Network, optimizer: Any, config: TrainConfig, *, cached: bool) -> Engine:
    """`cached`: batches hold features, not images."""
    import keras

    name = keras.backend.backend()
    made: Engine = import_module(f"core.training.steps.{name}").make(
        network, optimizer, config, cached
    )
    return made
