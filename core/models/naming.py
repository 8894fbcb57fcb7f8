"""Layer names that are the same in every build, so that weights and explanations find them.

Keras numbers unnamed layers by what the process has built before, and two networks
joined in one model share names: both would break matching by name.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any


def settle(operations: Iterable[Any], prefix: str = "") -> None:
    """Number the unnamed anew, and give all of them the prefix."""
    seen: Counter[str] = Counter()
    for operation in operations:
        kind = _snake(type(operation).__name__)
        name = operation.name
        if re.fullmatch(rf"{kind}(_\d+)?", name):
            seen[kind] += 1
            name = f"{kind}_{seen[kind]}"
        operation.name = prefix + name


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
