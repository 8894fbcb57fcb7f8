"""What requests and answers look like, for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel

from core.services.overlay import PALETTES


class ClassInfo(BaseModel):
    name: str
    title: str
    plain: str


class OperatingPointInfo(BaseModel):
    threshold: float
    positive: list[str]


class ModelInfo(BaseModel):
    """`synthetic`: it has only ever seen synthetic images. `methods`: of heatmaps."""

    name: str
    title: str
    summary: str
    intended_use: str
    task: str
    kind: str
    classes: list[ClassInfo]
    operating_point: OperatingPointInfo
    methods: list[str]
    synthetic: bool
    metrics: dict[str, dict[str, float]]
    measured_on: str
    shipped: bool
    default: bool
    loaded: bool


class Models(BaseModel):
    models: list[ModelInfo]


class Decoders(BaseModel):
    size: int
    ready: int
    busy: int
    lost: int


class Health(BaseModel):
    """`in_flight`: requests being answered, of at most `most_requests`."""

    status: str
    version: str
    models: int
    in_flight: int
    most_requests: int
    decoders: Decoders


class FitnessInfo(BaseModel):
    """`status` is fit, doubtful or unfit; an unfit image gets no answer."""

    status: str
    reasons: list[str]


class HeatmapInfo(BaseModel):
    """`png` is base64; null when no part of the image spoke for the class."""

    method: str
    target: str
    empty: bool
    png: str | None


class FileError(BaseModel):
    code: str
    message: str
    status: int


class Result(BaseModel):
    """Either `error`, or the rest."""

    file: str
    model: str | None = None
    label: str | None = None
    probabilities: dict[str, float] | None = None
    members: list[dict[str, float]] | None = None  # of each of several networks
    operating_point: OperatingPointInfo | None = None
    fitness: FitnessInfo | None = None
    heatmap: HeatmapInfo | None = None
    error: FileError | None = None


class BreastInfo(BaseModel):
    label: str
    probabilities: dict[str, float]
    views: int


class ViewInfo(BaseModel):
    """`share`: of what spoke for the breast's answer, how much lay in this view."""

    file: str
    breast: str | None
    view: str | None
    read: bool
    share: float | None
    fitness: FitnessInfo
    heatmap: HeatmapInfo | None


class UnreadInfo(BaseModel):
    file: str
    error: FileError


class ExamResult(BaseModel):
    """Of a model of kind exam: one patient. A breast without a view is null.

    `known`: what the model was told of the patient, null where nothing is known.
    """

    patient: str
    files: list[str]
    model: str
    label: str | None
    probabilities: dict[str, float]
    breasts: dict[str, BreastInfo | None]
    views: list[ViewInfo]
    operating_point: OperatingPointInfo
    fitness: FitnessInfo
    known: dict[str, float | str | bool | None]
    notes: list[str]
    errors: list[UnreadInfo]


class Answer(BaseModel):
    """`predictions` holds a row a result, in the order of `classes`; null where there is none.

    A result is of a file, or of a patient where the model is of kind exam.
    """

    notice: str
    model: str
    classes: list[str]
    predictions: list[list[float] | None]
    results: list[Result | ExamResult]


class ProblemInfo(BaseModel):
    type: str
    title: str
    status: int
    detail: str
    code: str


_TEXT = {"type": "string"}
KNOWN = {
    "age": "The patient's age in years.",
    "density": "The breast density, A to D.",
    "implant": "Whether there is an implant, yes or no.",
    "machine": "The machine's name.",
}
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "One or many images (DICOM, PNG, JPEG, TIFF, PGM, "
                            "BMP), or zips of them. Any name of the field will do.",
                        },
                        "model": {**_TEXT, "description": "A name that /api/models lists."},
                        "heatmap": {
                            "type": "boolean",
                            "default": False,
                            "description": "true adds a picture of the overlay (PNG in base64).",
                        },
                        "target": {**_TEXT, "description": "The class the heatmap speaks for."},
                        "method": {**_TEXT, "description": "How the heatmap is made."},
                        "palette": {**_TEXT, "enum": list(PALETTES)},
                        **{
                            name: {
                                **_TEXT,
                                "description": f"{what} Of models of kind exam; what is not "
                                "given is taken from the files, unknown hides it.",
                            }
                            for name, what in KNOWN.items()
                        },
                    },
                }
            }
        },
    }
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {
        "description": said,
        "content": {"application/problem+json": {"schema": ProblemInfo.model_json_schema()}},
    }
    for code, said in {
        401: "No token, or a wrong one.",
        404: "No such model.",
        408: "The upload took too long.",
        413: "The request, or the image, is too large.",
        415: "The request is no multipart/form-data.",
        422: "The file is no image that can be read, or a field has a value that is not allowed.",
        429: "Too many requests at once; Retry-After says when to come again.",
        503: "The answer did not come in time; Retry-After says when to come again.",
    }.items()
}
