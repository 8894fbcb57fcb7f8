"""One question to a model about one image from outside, as command line and interface ask it."""

from core.domain.prediction import Prediction
from core.errors import InputError, NotFound
from core.services import catalogue, diagnose, heatmaps
from core.services.catalogue import Bundle
from core.services.caution import with_caution
from core.services.decoding import Source


def askable() -> list[Bundle]:
    """Every model, the usual one first.

    Most questions are of one image of a person, so those that read whole exams come last,
    and models that have seen real images before those that have not.
    """
    return catalogue.in_order(catalogue.bundles(), synthetic=False)


def usual(*, task: str = "") -> str:
    """Who is asked where nobody was named; of a task, if there is a model for it."""
    found = askable()
    if not found:
        raise NotFound("There is no model yet. Train one, or add one to the folder of models.")
    return next((one for one in found if one.card.task == task), found[0]).name


def check(model: str, *, target: str | None = None, method: str | None = None) -> Bundle:
    """What is wrong with a question, said before a file is opened."""
    found = catalogue.bundle(model)
    card = found.card
    classes = [one.name for one in card.classes]
    if target is not None and target not in classes:
        raise InputError(f"The model knows no class {target!r:.40}. Known: {', '.join(classes)}.")
    if method is not None and method not in heatmaps.offered(card):
        known = ", ".join(heatmaps.offered(card))
        raise InputError(f"This model has no heatmap method {method!r:.40}. Known: {known}.")
    return found


def ask(
    source: Source,
    model: str,
    *,
    heatmap: bool = False,
    target: str | None = None,
    method: str | None = None,
) -> Prediction:
    """The numbers that Diagnose shows, and doubt where the image is not of the model's world."""
    mammogram = diagnose.preview(source)
    return with_caution(
        diagnose.analyse(mammogram, model, heatmap=heatmap, target=target, method=method)
    )
