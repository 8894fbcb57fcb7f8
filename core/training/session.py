"""A run from its configuration to its predictions, inside the worker's process."""

from collections.abc import Callable
from typing import Any

from core.domain.training import TrainConfig
from core.training import devices, subject
from core.training.checkpoint import Checkpoint
from core.training.copies import look_for_copies
from core.training.fit import Fit
from core.training.keeper import Keeper
from core.training.model_writer import ModelWriter
from core.training.parallel import shared_among
from core.training.predictions import write_predictions
from core.training.reporter import Reporter
from core.training.run_folder import RunFolder
from core.training.trackers import TrackedJournal


def train(
    config: TrainConfig, folder: RunFolder, reporter: Reporter, stopping: Callable[[], bool]
) -> bool:
    """True when finished, False when stopped."""
    with shared_among(config) as count:
        if count > 1:
            reporter.note(f"Every batch is shared among {count} devices.")
        return _train(config, folder, reporter, stopping)


def _train(
    config: TrainConfig, folder: RunFolder, reporter: Reporter, stopping: Callable[[], bool]
) -> bool:
    reporter.say(doing="Reading the dataset", epochs=config.total_epochs)
    if sentence := devices.idle_gpu(config):
        reporter.note(sentence)
    run_data = subject.open_data(config, folder.path)
    if config.leakage_check:
        look_for_copies(run_data.dataset, reporter)
    for sentence in run_data.notes():
        reporter.note(sentence)
    reporter.say(doing="Building the network")
    stored = Checkpoint.load(folder.checkpoint_file) if folder.checkpoint_file.exists() else None
    model = _build(config, folder, reporter, fresh=stored is None)
    writer = ModelWriter(lambda: subject.build_unweighted(config, folder.path), folder.model_file)
    keeper = Keeper(folder, model, config.checkpoint_seconds, writer)
    # Answers of an earlier attempt are not those of the best epoch to come.
    folder.predictions_file.unlink(missing_ok=True)
    journal = TrackedJournal(folder, config, reporter)
    fit = Fit(config, run_data, model, reporter, journal, keeper, stopping)
    if stored is not None:
        fit.restore(stored)
    try:
        done = fit.run()
    except BaseException:
        # The best epoch is worth having even when the run failed.
        keeper.write_best()
        raise
    finally:
        journal.close()
    if done:
        reporter.say(doing="Predicting with the best epoch")
        _in_full_precision()
        write_predictions(folder, run_data)
    return done


def _build(config: TrainConfig, folder: RunFolder, reporter: Reporter, *, fresh: bool) -> Any:
    import keras

    devices.check_precision(config)
    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy(config.precision)
    if not fresh:
        # A resumed run brings its own weights.
        return subject.build_unweighted(config, folder.path)
    model, notes = subject.build(config, folder.path)
    for sentence in notes:
        reporter.note(sentence)
    return model


def _in_full_precision() -> None:
    """As others will load the model: the policy of training would reach into it."""
    import keras

    keras.config.set_dtype_policy("float32")
