"""Publishing in a process of its own, which a page watches, and what became of it."""

from core.errors import InputError
from core.services import background
from core.services.background import Errand, Job
from core.services.card_texts import CardTexts
from core.services.catalogue import Bundle, bundles
from core.services.publish import hindered

KIND = "publish"


def start(run: str, name: str, texts: CardTexts, *, replace: bool = False) -> Job:
    """Refused at once where it could not end well."""
    hindered(run, name, replace)
    words = ["publish", run, name]
    for option, value in (("--title", texts.title), ("--intended-use", texts.intended_use)):
        words += [f"{option}={value}"] if value.strip() else []
    words += [f"--limitation={text}" for text in texts.limitations if text.strip()]
    words += ["--replace"] if replace else []
    errand = Errand("Measuring the model and writing its card", tuple(words))
    return background.start(KIND, run, f"Publishing {run} as {name}", [errand])


def latest(run: str) -> Job | None:
    return background.latest(KIND, run)


def published(run: str) -> list[Bundle]:
    """The models that were made from this run or group."""
    return [
        item
        for item in bundles()
        if run in (item.card.training.get("run"), item.card.training.get("group"))
    ]


def usual_name(run: str, model: str) -> str:
    """A name that is free, to begin with."""
    taken = {item.name for item in bundles()}
    wish = "".join(c if c.isalnum() else "-" for c in model.lower()).strip("-") or "model"
    names = (wish, *(f"{wish}-{number}" for number in range(2, 10_000)))
    for name in names:
        if name not in taken:
            return name[:64]
    raise InputError(f"No free name was found for run {run}. Delete some models.")


def hindrance(run: str) -> str:
    """Why this run cannot be published now; empty where it can."""
    try:
        hindered(run, "any-name", replace=True)
    except InputError as fault:
        return str(fault)
    return ""
