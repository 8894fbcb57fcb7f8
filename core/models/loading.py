"""Saved models come in through here only: Keras's own format, safe mode, our layers known."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ConfigError, NotFound

if TYPE_CHECKING:
    import keras

OUR_LAYERS = ("core.models.layers", "core.models.attention")


def load_model(path: Path) -> "keras.Model":
    """Uncompiled: optimiser state belongs to a run's checkpoint, not to a model."""
    path = Path(path)
    if path.suffix != ".keras":
        raise ConfigError(
            f"Only .keras files are loaded as models, because other formats can run code. "
            f"Received: {path.name}. Save the model in the .keras format."
        )
    if not path.is_file():
        raise NotFound(f"There is no model file {path}. Train a model, or choose another.")
    import keras

    _know_our_layers()
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as fault:  # Keras raises a dozen types for a damaged or foreign file
        reason = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
        raise ConfigError(
            f"The model file {path.name} cannot be loaded in safe mode: {reason[:300]} "
            "Save it again with this version, or choose another model."
        ) from fault


def _know_our_layers() -> None:
    """Importing a module that registers layers is what lets safe mode accept them."""
    for module in OUR_LAYERS:
        import_module(module)
