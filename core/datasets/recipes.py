"""What each named recipe asks of its data: the task, the views, patches, and the preprocessing."""

from dataclasses import dataclass

from core.domain.dataset import PatchPlan
from core.errors import NotFound


@dataclass(frozen=True)
class DataPlan:
    """`spec` is the registered name of the preprocessing."""

    spec: str
    task: str
    views: tuple[str, ...] = ()
    patches: PatchPlan | None = None


DATA_PLANS = {
    "a-hybrid": DataPlan("a-hybrid", "benign-malignant"),
    "b-patches": DataPlan("b-patches", "lesion", patches=PatchPlan(299)),
    "b-patches-vit": DataPlan("b-patches", "lesion", patches=PatchPlan(304)),
    "c-context": DataPlan("c-context", "cancer"),
    "d-four-class": DataPlan("d-four-class", "four-class", views=("MLO",)),
    "e-localise": DataPlan("e-localise", "three-class", patches=PatchPlan(50)),
    "e-localise-whole": DataPlan("e-localise-whole", "three-class"),
}


def data_plan(recipe: str) -> DataPlan:
    try:
        return DATA_PLANS[recipe]
    except KeyError:
        raise NotFound(f"There is no recipe {recipe!r}. Known: {', '.join(DATA_PLANS)}.") from None
