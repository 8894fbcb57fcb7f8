"""What a step says of itself: enough for a menu, for widgets, and for checking a spec."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from core.errors import ConfigError
from core.preprocessing.frame import Frame

P = ParamSpec("P")
Value = bool | int | float | str


@dataclass(frozen=True)
class Parameter:
    """One setting. Its kind is its default's type; numbers have bounds, words have choices."""

    name: str
    title: str
    default: Value
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""

    @property
    def kind(self) -> type:
        return type(self.default)

    def check(self, value: Any) -> Value:
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        fits = isinstance(value, self.kind) and isinstance(value, bool) == (self.kind is bool)
        if fits and self.choices:
            fits = value in self.choices
        if fits and self.low is not None and self.high is not None:
            fits = self.low <= value <= self.high
        if not fits:
            raise ConfigError(f"{self.title} ({self.name}) must be {self.allowed}. Got {value!r}.")
        checked: Value = value
        return checked

    @property
    def allowed(self) -> str:
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.low is not None:
            return f"a {self.kind.__name__} from {self.low:g} to {self.high:g}"
        return f"a {self.kind.__name__}"


@dataclass(frozen=True)
class Step:
    """`apply` takes a frame and the parameters by name, and leaves the frame it was given alone."""

    name: str
    title: str
    help: str
    apply: Callable[..., Frame]
    parameters: tuple[Parameter, ...] = ()

    def defaults(self) -> dict[str, Value]:
        return {one.name: one.default for one in self.parameters}

    def checked(self, params: dict[str, Any]) -> dict[str, Value]:
        """All parameters, defaults filled in; ConfigError for an unknown or unfit one."""
        known = {one.name: one for one in self.parameters}
        unknown = sorted(set(params) - set(known))
        if unknown:
            allowed = ", ".join(known) or "none"
            raise ConfigError(
                f"The step {self.name} has no parameter {unknown[0]!r}. Allowed: {allowed}."
            )
        given = {name: known[name].check(value) for name, value in params.items()}
        return self.defaults() | given

    def __call__(self, frame: Frame, **params: Any) -> Frame:
        return self.apply(frame, **self.checked(params))


def on_pixels(
    function: Callable[Concatenate[Any, P], Any],
) -> Callable[Concatenate[Frame, P], Frame]:
    """A pure array function as a step that changes brightness but not geometry."""

    def apply(frame: Frame, /, *args: P.args, **params: P.kwargs) -> Frame:
        return frame.with_pixels(function(frame.pixels, *args, **params))

    return apply
