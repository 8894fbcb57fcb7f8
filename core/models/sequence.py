"""The model of system C: a patient's views and earlier exams, read in order with their context.

One network reads every view. A recurrent layer goes over what it found, oldest exam
first, once for each breast, so that the newest exam has the last word.
"""

from typing import TYPE_CHECKING, Any

from core.domain.models import LOGITS, SequenceConfig
from core.errors import ConfigError
from core.models import branches
from core.models.catalogue import WHOLE
from core.models.checks import check
from core.models.factory import drawn_from, feature_maps
from core.models.head import pool
from core.models.weights import initialise

if TYPE_CHECKING:
    import keras

BREAST, PATIENT = "breast", "patient"
IMAGES, VIEW, SIDE, EXAM = "images", "view", "side", "exam"
CONTEXT, PRESENT = "context", "present"
BY_PATIENT = "by_patient"  # the layer that gives the features of each view
VIEWS, SIDES, EXAMS = 3, 3, 8  # how many codes each has, 0 being unknown (of exams: the newest)


def build(config: SequenceConfig, *, seed: int | None = None) -> "keras.Model":
    """Outputs `breast` (left, right) and `patient`, as probabilities.

    Inputs by name: images (slots, height, width, 1), view, side, exam and present
    (slots,), context (slots, context). A slot that is not present is not read.
    """
    return assemble(config, seed=seed)[0]


def assemble(
    config: SequenceConfig, *, seed: int | None = None
) -> tuple["keras.Model", tuple[str, ...]]:
    """With sentences on where its weights came from."""
    _check(config)
    planned = branches.plan(config.view)
    with drawn_from(seed):
        model = _wire(config, planned)
    return model, initialise(model, config.view, planned)


def _wire(config: SequenceConfig, planned: tuple[branches.Branch, ...]) -> "keras.Model":
    import keras
    from keras import layers

    from core.models.layers import EitherBreast, ViewsOfEachBreast

    inputs = _inputs(config)
    steps = _steps(config, planned, inputs)
    views = ViewsOfEachBreast(name="views_of_each_breast")(inputs[PRESENT], inputs[SIDE])
    state = _read(config, steps, views)
    answers = layers.Dense(1, dtype="float32", name="breast_logit")(state)
    logits = layers.Reshape((2,), dtype="float32", name=LOGITS)(answers)
    breast = layers.Activation("sigmoid", dtype="float32", name=BREAST)(logits)
    patient = EitherBreast(dtype="float32", name=PATIENT)(breast, views)
    return keras.Model(inputs, {BREAST: breast, PATIENT: patient}, name="sequence")


def _inputs(config: SequenceConfig) -> dict[str, Any]:
    import keras

    picture = (config.slots, config.view.height, config.view.width, 1)
    codes = {
        name: keras.Input((config.slots,), dtype="int32", name=name)
        for name in (VIEW, SIDE, EXAM, PRESENT)
    }
    context = keras.Input((config.slots, config.context), name=CONTEXT)
    return {IMAGES: keras.Input(picture, name=IMAGES), CONTEXT: context, **codes}


def _steps(
    config: SequenceConfig, planned: tuple[branches.Branch, ...], inputs: dict[str, Any]
) -> Any:
    """What each view contributes: its features, which view it is, and the patient then."""
    from keras import layers

    from core.models.layers import FoldViews, UnfoldViews

    folded = FoldViews(name="each_view")(inputs[IMAGES])
    maps = feature_maps(inputs[IMAGES], folded, config.view, planned)
    features = UnfoldViews(config.slots, name=BY_PATIENT)(pool(maps, config.view.head.pooling))
    places = [
        layers.Embedding(count, 8, name=f"{name}_embedding")(inputs[name])
        for name, count in ((VIEW, VIEWS), (SIDE, SIDES), (EXAM, EXAMS))
    ]
    joined = layers.Concatenate(name="described_views")([features, *places, inputs[CONTEXT]])
    return layers.Dense(config.units, activation="relu", name="steps")(joined)


def _read(config: SequenceConfig, steps: Any, views: Any) -> Any:
    """Each breast's state after its last view: (patients, 2, units)."""
    from keras import layers

    from core.models.layers import FoldViews, ForEachBreast, FreezableDropout, UnfoldViews

    kind = {"gru": layers.GRU, "lstm": layers.LSTM}[config.recurrent]
    # Not cuDNN's: its kernels refuse a missing view in the middle of a sequence.
    reader = kind(config.units, use_cudnn=False, name="reader")
    fold = FoldViews(name="each_breast")
    state = reader(
        fold(ForEachBreast(name="for_each_breast")(steps)),
        mask=FoldViews(name="each_breasts_views")(views),
    )
    if config.dropout:
        state = FreezableDropout(config.dropout, name="dropout")(state)
    return UnfoldViews(2, name="both_breasts")(state)


def _check(config: SequenceConfig) -> None:
    check(config.view)
    if config.view.name == WHOLE:
        raise ConfigError(
            f"The views of a patient are read by a backbone or a hybrid. Received: {WHOLE}. "
            "Choose another model."
        )
    if config.recurrent not in ("gru", "lstm"):
        raise ConfigError(f"The recurrent layer is gru or lstm. Received: {config.recurrent!r}.")
    for name, value in (("slots", config.slots), ("units", config.units)):
        if value < 1:
            raise ConfigError(f"A sequence model has 1 or more {name}. Received: {value!r}.")
    if config.context < 1:
        raise ConfigError(
            f"The context is 1 or more numbers wide. Received: {config.context!r}. "
            "Take the width of a fitted ContextEncoder."
        )
