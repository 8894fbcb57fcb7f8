"""How an image is prepared, as data: written once, carried by dataset, run and model alike."""

import json
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.errors import ConfigError

VERSION = 1


class Unit(StrEnum):
    """What one model pixel is measured in where patches are cut."""

    MILLIMETRES = "mm"
    SOURCE_PIXELS = "source"


@dataclass(frozen=True)
class ScaleSpec:
    """How much of the image one model pixel covers: `per_pixel` millimetres or stored pixels."""

    per_pixel: float
    unit: Unit = Unit.SOURCE_PIXELS


@dataclass(frozen=True)
class StepSpec:
    """One step by its registered name, with the parameters that differ from its defaults."""

    step: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PreprocessSpec:
    """The whole way from a file's stored values to a model's input.

    `working_height` bounds the height at which steps run: a larger image is first
    averaged down by a whole factor, the same whatever the file's compression. None
    keeps every pixel (patches are cut at that scale). `voi` applies the display
    window of a DICOM header; without it, stored values are only scaled.
    The result is `height` × `width` grey in [0, 1], stored with `bits` per pixel.
    `scale` fixes the size of what a patch shows; whole images have none.
    """

    name: str
    steps: tuple[StepSpec, ...]
    height: int
    width: int
    working_height: int | None = 1024
    voi: bool = True
    bits: int = 8
    scale: ScaleSpec | None = None

    def with_size(self, height: int, width: int) -> "PreprocessSpec":
        return replace(self, height=height, width=width)

    def to_json(self) -> str:
        return json.dumps({"version": VERSION, **asdict(self)}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "PreprocessSpec":
        try:
            raw = json.loads(text)
        except ValueError as fault:
            raise ConfigError(f"A preprocessing spec is JSON; this is not: {fault}.") from None
        return cls.from_dict(raw)

    @classmethod
    def from_dict(cls, raw: Any) -> "PreprocessSpec":
        if not isinstance(raw, dict) or raw.get("version", VERSION) != VERSION:
            raise ConfigError(
                f"A preprocessing spec is an object with version {VERSION}. Received: {raw!r:.200}."
            )
        fields = {key: value for key, value in raw.items() if key != "version"}
        try:
            fields["steps"] = tuple(StepSpec(**step) for step in fields["steps"])
            if (scale := fields.get("scale")) is not None:
                fields["scale"] = ScaleSpec(float(scale["per_pixel"]), Unit(scale["unit"]))
            return cls(**fields)
        except (TypeError, KeyError, ValueError) as fault:
            raise ConfigError(
                f"The preprocessing spec has a wrong or missing key: {fault}."
            ) from None
