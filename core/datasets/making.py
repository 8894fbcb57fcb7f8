"""Makes one case's frames, and lets no file end the preparation of the others."""

from core.datasets.base import Reader
from core.datasets.framing import products
from core.datasets.outcome import Result
from core.domain.cases import Case
from core.domain.dataset import PrepareRequest
from core.errors import MammolensError


def make(case: Case, reader: Reader, request: PrepareRequest) -> Result:
    try:
        made = products(case, reader, request)
    except MammolensError as fault:
        return Result(reason=str(fault))
    except MemoryError:
        return Result(reason="There is not enough memory to decode this file.")
    except Exception as fault:  # one odd file must not end the preparation
        return Result(reason=f"Unexpected {type(fault).__name__}: {fault}")
    return Result([one.frame for one in made], [one.row for one in made])
