"""How the interface is served: who may ask, from where, and how much at once."""

import os
from dataclasses import dataclass, field

from core.errors import ConfigError
from core.services import environment
from core.services.trays import Limits

PREFIX = "MAMMOLENS_API_"
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class ApiSettings:
    token: str | None = None
    origins: tuple[str, ...] = ()  # web pages that may ask; "*" is any
    model: str | None = None  # asked when a request names none; None is the first there is
    most_bytes: int = 250 * MEGABYTE  # of one request
    most_files: int = 64
    most_requests: int = 32  # at once, waiting ones included
    upload_seconds: int = 120
    answer_seconds: int = 60  # for each file
    uploads: Limits = field(default_factory=Limits)  # of files sent one by one

    @classmethod
    def from_environment(cls) -> "ApiSettings":
        return cls(
            token=_token(),
            origins=environment.listed(PREFIX + "ORIGINS"),
            model=os.environ.get(PREFIX + "MODEL") or None,
            most_bytes=MEGABYTE * environment.number(PREFIX + "MEGABYTES", 250, 1, 100_000),
            most_files=environment.number(PREFIX + "FILES", 64, 1, 10_000),
            most_requests=environment.number(PREFIX + "REQUESTS", 32, 1, 10_000),
            upload_seconds=environment.number(PREFIX + "UPLOAD_SECONDS", 120, 1, 86_400),
            answer_seconds=environment.number(PREFIX + "ANSWER_SECONDS", 60, 1, 86_400),
            uploads=Limits.from_environment(),
        )


def _token() -> str | None:
    """Set but empty is a mistake that would leave the door open."""
    given = os.environ.get(PREFIX + "TOKEN")
    if given is None:
        return None
    if not given.strip() or not given.isascii():
        raise ConfigError(
            f"The environment variable {PREFIX}TOKEN is set but holds no token. Give it a long "
            "random text of plain letters and digits, or unset it."
        )
    return given.strip()
