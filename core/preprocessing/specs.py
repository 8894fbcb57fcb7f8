"""The named specs: those of the five systems, and our own."""

from core.domain.preprocess import PreprocessSpec, StepSpec
from core.errors import NotFound

SPECS = {
    spec.name: spec
    for spec in (
        PreprocessSpec(
            "reading-room",
            (
                StepSpec("segment_breast"),
                StepSpec("crop_breast"),
                StepSpec("normalise_side"),
                StepSpec("percentiles"),
                StepSpec("fit"),
                StepSpec("pad"),
            ),
            224,
            224,
        ),
        PreprocessSpec(
            "d-four-class",
            (StepSpec("divide_by_maximum"), StepSpec("stretch", {"interpolation": "lanczos"})),
            244,
            244,
        ),
    )
}


def names() -> list[str]:
    return list(SPECS)


def load(name: str) -> PreprocessSpec:
    try:
        return SPECS[name]
    except KeyError:
        known = ", ".join(SPECS)
        raise NotFound(f"There is no preprocessing spec {name!r}. Known: {known}.") from None
