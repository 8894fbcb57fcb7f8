"""The named specs: one for each of the five systems as published, and three of our own.

The systems' own specs do only what their reports say. Ours also set polarity right and find
the breast, which real mammograms need; two keep proportions, one makes do without them.
"""

from core.domain.preprocess import PreprocessSpec, ScaleSpec, StepSpec, Unit
from core.errors import NotFound

BREAST = (
    StepSpec("fix_polarity"),
    StepSpec("segment_breast"),
    StepSpec("crop_breast"),
    StepSpec("normalise_side"),
    StepSpec("percentiles"),
)
# The breast stays as large in its frame as it was: its size says something.
IN_FRAME = tuple(step for step in BREAST if step.step != "crop_breast")
WHOLE = (StepSpec("fit"), StepSpec("pad"))
# The box around the breast fills the input, and the finest grain is taken away, so that a file
# somebody changed in proportions or shrank without smoothing gives nearly the pixels of an
# untouched one.
FILLED = (StepSpec("stretch"), StepSpec("gaussian", {"sigma": 1.0}))
# What may hold a lesion at full brightness, the rest of the breast faintly around it.
REGIONS = (StepSpec("suppress_pectoral"), StepSpec("mask_regions", {"most": 5, "rest": 0.3}))

# The three crops of each lesion in its set were 598 pixels wide before they became 299.
HALF_OF_DDSM = ScaleSpec(2.0, Unit.SOURCE_PIXELS)
# A patch of 50 then shows 20 mm, which holds most lesions with some tissue around.
LESION_WIDE = ScaleSpec(0.4, Unit.MILLIMETRES)

EDGES = (
    StepSpec("fix_polarity"),
    StepSpec("segment_breast"),
    StepSpec("percentiles"),
    StepSpec("gaussian", {"sigma": 0.7}),
    StepSpec("morphology", {"operation": "close", "size": 3}),
    StepSpec("clahe"),
    StepSpec("sobel", {"weight": 0.25}),
)
# The same pixels on the whole image, which then is placed and not resized again.
AT_SCALE = (
    StepSpec("to_scale", {"millimetres": LESION_WIDE.per_pixel}),
    *EDGES,
    StepSpec("crop_breast"),
    StepSpec("normalise_side"),
    StepSpec("place"),
)
MAXIMUM = (StepSpec("divide_by_maximum"), StepSpec("stretch", {"interpolation": "lanczos"}))

SPECS = {
    spec.name: spec
    for spec in (
        PreprocessSpec("reading-room", BREAST + WHOLE, 224, 224),
        PreprocessSpec("full-field", BREAST + WHOLE, 512, 512),
        PreprocessSpec("breast-stretched-640", BREAST + FILLED, 640, 400),
        PreprocessSpec("frame-stretched-640", IN_FRAME + FILLED, 640, 512),
        PreprocessSpec("a-hybrid", (StepSpec("stretch"),), 224, 224),
        PreprocessSpec("b-patches", (), 299, 299, working_height=None, scale=HALF_OF_DDSM),
        PreprocessSpec("c-context", BREAST + WHOLE, 256, 256),
        PreprocessSpec("c-context-512", BREAST + WHOLE, 512, 512),
        PreprocessSpec("c-context-regions", BREAST + REGIONS + WHOLE, 256, 256),
        PreprocessSpec("d-four-class", MAXIMUM, 244, 244),
        PreprocessSpec("e-localise-whole", AT_SCALE, 576, 384, working_height=None),
        PreprocessSpec("e-localise", EDGES, 50, 50, working_height=None, scale=LESION_WIDE),
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
