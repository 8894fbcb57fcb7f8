"""What uploads look like, for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel

from core.api.schema import ProblemInfo


class File(BaseModel):
    file: str
    bytes: int


class Upload(BaseModel):
    """`unused_hours`: not used for this long, the upload is removed with its files."""

    key: str
    files: list[File]
    bytes: int
    most_files: int
    most_bytes: int
    most_file_bytes: int
    unused_hours: float


class Read(BaseModel):
    """One file. `status` is fit, doubtful, unfit or unreadable; `notes` says why."""

    file: str
    label: str | None
    suspicion: float | None
    probabilities: dict[str, float]
    status: str
    flagged: bool
    notes: str


class Worklist(BaseModel):
    """`state` is reading, stopped, finished or failed; `results` has the most suspicious first."""

    notice: str
    model: str
    state: str
    detail: str | None
    read: int
    total: int
    results: list[Read]


def _query(name: str, said: str, **more: Any) -> dict[str, Any]:
    schema = {"type": "string", **more}
    return {"name": name, "in": "query", "description": said, "schema": schema}


NAME = _query("name", "The file's name to be told back, where it is not the end of the address.")
MODEL = _query("model", "A name that /api/models lists; the first of them where none is given.")
FORMAT = _query("format", "How the answers are given.", enum=["json", "csv"], default="json")
BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {
        "description": said,
        "content": {"application/problem+json": {"schema": ProblemInfo.model_json_schema()}},
    }
    for code, said in {
        403: "A web page of another site asked.",
        404: "No such upload, worklist or model.",
        413: "The file, or the upload with it, is too large.",
        429: "Too many uploads or worklists at once; Retry-After says when to come again.",
        507: "The server's disk has no room for the file.",
    }.items()
}
