"""The colours of classes, the same on every page and in every report.

They are those of Okabe and Ito, which stay apart for colour-blind eyes.
"""

from collections.abc import Sequence

OKABE_ITO = {
    "vermillion": "#D55E00",
    "blue": "#0072B2",
    "green": "#009E73",
    "sky": "#56B4E9",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "yellow": "#F0E442",
    "grey": "#8A8F98",
}
_CLASSES = {
    "normal": "green",
    "negative": "green",
    "no_lesion": "green",
    "benign": "blue",
    "benign_without_callback": "sky",
    "malignant": "vermillion",
    "cancer": "vermillion",
    "lesion": "orange",
    "mass": "purple",
    "calcification": "orange",
}
_SPARE = ("purple", "orange", "sky", "blue", "yellow", "vermillion", "green")


def class_colour(name: str, names: Sequence[str] = ()) -> str:
    """The colour of a class everywhere; unknown ones share out the rest in their order."""
    if name in _CLASSES:
        return OKABE_ITO[_CLASSES[name]]
    strangers = [other for other in names if other not in _CLASSES] or [name]
    return OKABE_ITO[_SPARE[strangers.index(name) % len(_SPARE)]]
