"""Settings that carry their own rule, so that nonsense is refused in words before work starts.

A frozen dataclass declares `epochs: Annotated[int, Rule("...", low=1)] = 30`; the rule
serves the check, the command line's help and the widgets of a page alike.
"""

import difflib
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from core.errors import ConfigError

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """Written beside a field's type; `low` and `high` are allowed values, `above` is not."""

    help: str
    low: float | None = None
    high: float | None = None
    above: float | None = None

    def allows(self, value: float) -> bool:
        return (
            (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
        )

    def range(self) -> str:
        parts = (("at least", self.low), ("above", self.above), ("at most", self.high))
        return " and ".join(f"{word} {value:g}" for word, value in parts if value is not None)


def check(instance: Any) -> None:
    """Called from `__post_init__`: each field against its type and rule."""
    hints = get_type_hints(type(instance), include_extras=True)
    for item in fields(instance):
        value, hint = getattr(instance, item.name), hints[item.name]
        plain, rule = split(hint)
        _check_type(item.name, value, plain)
        if rule and _is_number(value) and not rule.allows(value):
            raise ConfigError(f"Setting {item.name!r} must be {rule.range()}. Received: {value!r}.")


def split(hint: Any) -> tuple[Any, Rule | None]:
    """A field's type without its rule, and the rule."""
    if get_origin(hint) is not Annotated:
        return hint, None
    plain, *extras = get_args(hint)
    return plain, next((extra for extra in extras if isinstance(extra, Rule)), None)


def _check_type(name: str, value: Any, hint: Any) -> None:
    if not _fits(value, hint):
        raise ConfigError(f"Setting {name!r} must be {_words(hint)}. Received: {value!r:.80}.")


def _fits(value: Any, hint: Any) -> bool:
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin is Literal:
        return value in args
    if origin in (Union, types.UnionType):
        return any(_fits(value, arm) for arm in args)
    if origin is tuple and args[-1] is Ellipsis:
        return isinstance(value, tuple) and all(_fits(item, args[0]) for item in value)
    if origin is tuple:
        same = isinstance(value, tuple) and len(value) == len(args)
        return same and all(map(_fits, value, args))
    if origin is dict:
        return isinstance(value, Mapping) and all(_fits(v, args[1]) for v in value.values())
    if hint is float:
        return _is_number(value) and abs(float(value)) < float("inf")
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _words(hint: Any) -> str:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "one of " + ", ".join(map(str, args))
    if origin in (Union, types.UnionType):
        return " or ".join(_words(arm) for arm in args)
    if origin is tuple:
        return f"a list, each item {_words(args[0])}"
    if origin is dict:
        return f"an object, each value {_words(args[1])}"
    plain = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    return plain.get(hint, "nothing (null)" if hint is type(None) else f"a {hint.__name__} object")


def decode(cls: type[T], raw: Any, where: str = "") -> T:
    """A settings dataclass from what JSON gives; unknown and missing keys are named."""
    if not isinstance(raw, Mapping):
        place = where or "The settings"
        raise ConfigError(f"{place} must be an object of settings. Received: {raw!r:.80}.")
    known = {item.name: item for item in _fields(cls)}
    for key in raw:
        if key not in known:
            raise ConfigError(unknown(str(key), list(known), where))
    hints = get_type_hints(cls)
    values = {k: _decode_value(hints[k], v, f"{where}.{k}".lstrip(".")) for k, v in raw.items()}
    missing = [n for n, item in known.items() if n not in values and _required(item)]
    if missing:
        raise ConfigError(f"{where or 'The settings'} lack {', '.join(missing)}.")
    made = cls(**values)
    check(made)
    return made


def unknown(key: str, known: list[str], where: str) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    place = f" in {where!r}" if where else ""
    return f"There is no setting {key!r}{place}.{hint} Known: {', '.join(known)}."


def _fields(cls: Any) -> "tuple[Field[Any], ...]":
    return fields(cls)


def _required(item: "Field[Any]") -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _decode_value(hint: Any, value: Any, where: str) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return value if isinstance(value, hint) else decode(hint, value, where)
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_decode_value(args[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if origin in (Union, types.UnionType) and isinstance(value, Mapping):
        arms = [arm for arm in args if is_dataclass(arm)]
        return _decode_value(arms[0], value, where) if arms else value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
