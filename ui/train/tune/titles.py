"""Settings by the names that people read, those within stages included."""

from functools import lru_cache

from core.services import setting_fields


def title(key: str) -> str:
    known = _titles().get(key)
    if known:
        return known
    first, _, rest = key.partition(".")
    number, _, field = rest.partition(".")
    if first == "stages" and number.isdigit():
        return f"Stage {int(number) + 1}: {field.replace('_', ' ')}"
    return "Model" if key == "model.name" else key


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    """Where two settings share a title, such as the dropouts, the group tells them apart."""
    every = setting_fields.settings().values()
    names = [one.title for one in every]
    return {
        one.key: one.title if names.count(one.title) == 1 else f"{one.title} ({_group(one.key)})"
        for one in every
    }


def _group(key: str) -> str:
    before = key.rpartition(".")[0]
    return before.replace("_", " ").replace(".", ", ") if before else "of the run"
