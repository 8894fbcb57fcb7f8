"""Tooltips of the Data page: its technical terms in plain words."""

from ui import words
from ui.words import Term

TERMS = {
    "dataset": Term(
        "Prepared dataset",
        "A collection of images, decoded and brought to one size once, ready for training.",
    ),
    "quarantine": Term(
        "Quarantine",
        "Files that could not be read. They are left out and listed with the reason.",
    ),
    "preprocessing": Term(
        "Preprocessing",
        "The steps that every image goes through before a model sees it, such as cutting away "
        "the black around the breast. Training and diagnosis use the same steps.",
    ),
    "augmentation": Term(
        "Augmentation",
        "Random small changes to images during training, such as turning them a little, so that "
        "a model learns what stays the same.",
    ),
    "split": Term(
        "Split",
        "How the patients are divided: most to learn from, some to tune with, and some that are "
        "kept aside for the final test.",
    ),
    "leakage": Term(
        "Leakage",
        "The same patient or a copy of an image in training and test: the model is tested on "
        "what it has learned by heart, and the figures are too good.",
    ),
    "shortcut": Term(
        "Shortcut",
        "Something other than the tissue that gives the class away, such as the machine. A model "
        "may learn it instead, scores well, and fails elsewhere.",
    ),
    "auc": Term("AUC", words.GLOSSARY["auc"].plain),
}


def explain(name: str) -> str:
    return TERMS[name].plain
