"""Tooltips of the Train page: its technical terms in plain words."""

from ui.words import Term

TERMS = {
    "recipe": Term(
        "Recipe",
        "A published system as settings, ready to run. Everything in it can be changed.",
    ),
    "split": Term(
        "Split",
        "How the patients are divided: most to learn from, some to choose the best epoch with, "
        "and some kept aside for the final test.",
    ),
    "model": Term("Model", "The network that learns. Some begin with what they learned before."),
    "epoch": Term("Epoch", "Once through all training images."),
    "backend": Term("Backend", "The library that does the computing."),
    "preset": Term("Preset", "Settings kept under a name, to begin the next run with."),
    "estimate": Term(
        "Estimate",
        "Measured on a few steps of exactly this run. Other work on this computer makes it longer.",
    ),
    "queue": Term("Queue", "Runs that wait until a device is free, the next to start on top."),
    "precision": Term(
        "Precision",
        "How exactly the layers compute. The mixed ones are quicker and need less memory; "
        "weights and sums stay exact.",
    ),
}


def explain(name: str) -> str:
    return TERMS[name].plain
