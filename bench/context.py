"""What a cross-validated network adds to what is known without the image, and the other way.

    python -m bench.context GROUP

Out-of-fold scores of the network, facts of the patient alone, and both together. What joins
them is a logistic regression that learns on the patients of the other folds. Intervals
hold the images of a patient together; differences are paired.
"""

import argparse

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from core.datasets.prepared import open_prepared
from core.domain.card import Interval
from core.domain.cases import Side
from core.domain.groups import Group
from core.evaluation.comparison import Areas, delong
from core.services import groups, out_of_fold
from core.training.epoch_figures import positive_classes
from core.training.predictions import breast

NETWORK = "network"
NUMBERS = (NETWORK, "age")
COMBINATIONS: dict[str, tuple[str, ...]] = {
    "network alone": (NETWORK,),
    "age alone": ("age",),
    "machine alone": ("machine",),
    "age, machine, density, implant": ("age", "machine", "density", "implant"),
    "network and age": (NETWORK, "age"),
    "network and density": (NETWORK, "density"),
    "network and all four": (NETWORK, "age", "machine", "density", "implant"),
}
Scores = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("group")
    group = groups.find(parser.parse_args().group)
    out_of_fold.whole(group)  # refused as long as a fold is missing
    images = images_of(group)
    breasts = by_breast(images)
    for title, table in (("image", images), ("breast", breasts)):
        print(f"\n{len(table)} {title}s, {table['patient_id'].nunique()} patients\n")
        print(f"| known | AUC per {title} (95%) | more than age alone (95%) |")
        print("| --- | --- | --- |")
        scores = {name: joined(table, list(known)) for name, known in COMBINATIONS.items()}
        found, place = areas(table, scores), list(scores).index("age alone")
        for number, name in enumerate(scores):
            gap, _ = found.difference(number, place)
            print(f"| {name} | {said(found.interval(number))} | {said(gap, '+')} |")
    _within(images)


def images_of(group: Group) -> pd.DataFrame:
    table = out_of_fold.predictions(group)
    scores = out_of_fold.answers_of(table)
    first = table.drop_duplicates("image_id").set_index("image_id")
    index = open_prepared(group.training.dataset).index
    if group.training.sequence:  # answers are to breasts
        sides = zip(index["patient_id"], index["laterality"], strict=True)
        index = index.assign(image_id=[breast(str(who), Side(side)) for who, side in sides])
    index = index.drop_duplicates("image_id").set_index("image_id")
    found = first[["patient_id", "class", "fold"]].join(
        index[["laterality", "age", "machine", "density", "implant"]]
    )
    found[NETWORK] = scores["logit_0"]
    found["positive"] = found["class"].isin(positive_classes(group.training.model.classes))
    for name in ("machine", "density", "implant"):
        found[name] = found[name].astype(object).where(found[name].notna(), "unknown").astype(str)
    return found.reset_index()


def by_breast(images: pd.DataFrame) -> pd.DataFrame:
    facts = {name: (name, "first") for name in ("fold", "age", "machine", "density", "implant")}
    grouped = images.groupby(["patient_id", "laterality"], as_index=False)
    return grouped.agg(network=(NETWORK, "mean"), positive=("positive", "max"), **facts)


def joined(table: pd.DataFrame, known: list[str]) -> Scores:
    """Scores by a regression that never saw the patient; one number alone needs none."""
    if known in ([NETWORK], ["age"]):
        return table[known[0]].fillna(table[known[0]].median()).to_numpy(float)
    numbers = [name for name in known if name in NUMBERS]
    words = [name for name in known if name not in NUMBERS]
    found = np.zeros(len(table))
    for fold in table["fold"].unique():
        held = (table["fold"] == fold).to_numpy()
        model = make_pipeline(
            make_column_transformer(
                (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
                (OneHotEncoder(handle_unknown="ignore", min_frequency=20), words),
            ),
            LogisticRegression(C=0.3, max_iter=1000),
        )
        model.fit(table.loc[~held, known], table.loc[~held, "positive"])
        found[held] = model.decision_function(table.loc[held, known])
    return found


def areas(table: pd.DataFrame, scores: dict[str, Scores]) -> Areas:
    return delong(table["positive"], np.stack(list(scores.values())), table["patient_id"])


def said(found: Interval, sign: str = "") -> str:
    return f"{found.value:{sign}.3f} ({found.low:{sign}.3f} to {found.high:{sign}.3f})"


def _within(images: pd.DataFrame) -> None:
    """Where all have one machine or nearly one age, neither can be what the network reads."""
    print("\n| among | images | with cancer | AUC of the network (95%) | AUC of age (95%) |")
    print("| --- | --- | --- | --- | --- |")
    bands = pd.cut(images["age"], [0, 50, 60, 70, 120], right=False)
    groupings = {"machine": images["machine"], "age": bands.astype(str)}
    for title, grouping in groupings.items():
        for value, own in images.groupby(grouping):
            if min(own["positive"].sum(), (~own["positive"]).sum()) < 20:
                continue
            scores = {NETWORK: own[NETWORK].to_numpy(), "age": own["age"].to_numpy()}
            found = areas(own, scores)
            print(
                f"| {title} {value} | {len(own)} | {int(own['positive'].sum())} "
                f"| {said(found.interval(0))} | {said(found.interval(1))} |"
            )


if __name__ == "__main__":
    main()
