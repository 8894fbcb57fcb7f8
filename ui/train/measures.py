"""What is measured in training, in words: titles, and tooltips where the glossary has none."""

from core.services.run_curves import VALIDATION
from ui import words

_PLAIN = {
    "loss": "How far the answers are from the truth, sure and wrong ones counting most; it is "
    "what training makes smaller. 0 is perfect.",
    "learning_rate": "How large a step the network takes at a time. Larger learns faster, too "
    "large learns nothing.",
}


def title(measure: str) -> str:
    return words.title(measure)


def explain(measure: str) -> str | None:
    return _PLAIN.get(measure) or words.explain(measure)


def column(name: str) -> str:
    """A column of the history in the middle of a sentence."""
    measure = name.removeprefix(VALIDATION)
    said = title(measure) if title(measure).isupper() else title(measure).lower()
    return f"validation {said}" if measure != name else f"training {said}"
