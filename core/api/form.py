"""What a request asks: the files of a form and the few fields beside them."""

from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from core.api.settings import ApiSettings
from core.domain.cases import FACTS
from core.errors import InputError
from core.services import exam_context
from core.services.overlay import PALETTES

FIELD, OLD = "file", "image"
TEXTS = ("model", "target", "method", "palette", "heatmap", *FACTS)
TRUE, FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
LONGEST_FIELD = 1000


@dataclass(frozen=True)
class Asked:
    """`old` is a form as older clients send it: one field, `image`, and a list expected back.

    `told` is what is known of the patient, for models that read whole exams.
    """

    files: tuple[UploadFile, ...]
    old: bool
    model: str | None
    heatmap: bool
    target: str | None
    method: str | None
    palette: str
    told: dict[str, Any] = field(default_factory=dict)


async def read(request: Request, settings: ApiSettings) -> Asked:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise HTTPException(
            415, f"Send the files as multipart/form-data. Received: {kind[:80] or 'no type'}."
        )
    form = await request.form(
        max_files=settings.most_files, max_fields=20, max_part_size=LONGEST_FIELD
    )
    try:
        return _asked(form, _texts(request, form))
    except InputError:
        await form.close()
        raise


def _asked(form: FormData, texts: dict[str, str]) -> Asked:
    """Files may stand in any field: clients call it file, files, image and more."""
    named = [(name, one) for name, one in form.multi_items() if isinstance(one, UploadFile)]
    if not named:
        raise InputError(
            f"The form holds no file. Send it in the field {FIELD!r}, with a file name."
        )
    return Asked(
        files=tuple(file for _, file in named),
        old=all(name == OLD for name, _ in named),
        model=texts.get("model"),
        heatmap=_switch(texts.get("heatmap", "")),
        target=texts.get("target"),
        method=texts.get("method"),
        palette=_palette(texts.get("palette")),
        told=exam_context.parse({n: texts[n] for n in FACTS if n in texts}),
    )


def _texts(request: Request, form: FormData) -> dict[str, str]:
    """Of the address and of the form, which goes before; blank ones are as if not given."""
    given = dict(request.query_params)
    given |= {name: one for name, one in form.items() if isinstance(one, str)}
    unknown = sorted({name[:40] for name in given if name not in TEXTS})
    if unknown:
        raise InputError(
            f"Nothing is known of the fields {', '.join(unknown)}. Known: {', '.join(TEXTS)}, "
            f"and {FIELD} for the images."
        )
    return {name: text.strip() for name, text in given.items() if text.strip()}


def _switch(given: str) -> bool:
    if given.lower() not in TRUE + FALSE:
        raise InputError(f"The field 'heatmap' is true or false. Received: {given!r:.40}.")
    return given.lower() in TRUE


def _palette(given: str | None) -> str:
    wanted = given or next(iter(PALETTES))
    if wanted not in PALETTES:
        raise InputError(f"There is no palette {wanted!r:.40}. Known: {', '.join(PALETTES)}.")
    return wanted
