"""What pages show of an evaluation: its words, its tables, and its groups at another threshold."""

from core.domain.evaluation import SubgroupTable
from core.domain.figures import PROPERTY_TITLES
from core.evaluation.subgroups import SHOWN as GROUP_FIGURES
from core.evaluation.subgroups import subgroups
from core.evaluation.tables import Cell, Table, class_table, shown
from core.evaluation.verdict import Verdict, tell
from core.services.judgement import Judgement

__all__ = [
    "GROUP_FIGURES",
    "PROPERTY_TITLES",
    "Cell",
    "Table",
    "Verdict",
    "class_table",
    "groups_at",
    "shown",
    "tell",
]
RESAMPLES = 300


def groups_at(found: Judgement, known: tuple[SubgroupTable, ...]) -> tuple[SubgroupTable, ...]:
    """Groups at the judgement's threshold; what does not follow it is taken from `known`."""
    return subgroups(found.sample, found.properties, resamples=RESAMPLES, known=known)
