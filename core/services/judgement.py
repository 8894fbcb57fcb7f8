"""One model put to one set of cases: which cases, what it answered, ready to be measured."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.datasets.findings import from_json
from core.datasets.prepared import PreparedDataset, open_prepared
from core.domain.cases import Case, Pathology
from core.domain.dataset import TEST, TRAIN, VALIDATION
from core.domain.tasks import TASKS
from core.errors import ConfigError, DatasetError
from core.evaluation.calibration import to_probabilities
from core.evaluation.properties import properties
from core.evaluation.sample import Sample, make_sample
from core.services.answers import Progress, answered, answers
from core.services.exam_answers import breasts
from core.services.fold_parts import fold_parts
from core.services.subjects import Subject, subject

ALL = "all"
USUAL = "default"
PARTS = (TRAIN, VALIDATION, TEST, ALL)


@dataclass(frozen=True)
class Judgement:
    """`rows` are places in the dataset's table; everything else is in their order."""

    subject: Subject
    dataset: PreparedDataset
    split: str | None
    part: str | None  # None stands for all images
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    logits: NDArray[np.float64]
    threshold: float
    left_out: int  # images about which the model's question says nothing
    unit: str = "images"  # what is counted: images or breasts

    @cached_property
    def index(self) -> pd.DataFrame:
        return self.dataset.index.iloc[self.rows].reset_index(drop=True)

    @cached_property
    def sample(self) -> Sample:
        """Calibrated answers at the threshold."""
        return self._sample(self.subject.calibration.temperature)

    @cached_property
    def raw(self) -> Sample:
        """The answers as the network gives them."""
        return self._sample(1.0)

    def _sample(self, temperature: float) -> Sample:
        return make_sample(
            self.targets,
            to_probabilities(self.logits, temperature),
            patients(self.index),
            classes=self.subject.class_names,
            positive=self.subject.positive,
            threshold=self.threshold,
        )

    @cached_property
    def properties(self) -> pd.DataFrame:
        return properties(self.index)

    def at(self, threshold: float) -> "Judgement":
        """The same answers read at another threshold; asks nothing, and reads no table again."""
        moved = replace(self, threshold=threshold)
        kept = {name: self.__dict__[name] for name in _STEADY if name in self.__dict__}
        moved.__dict__.update(kept)
        return moved

    def cases(self) -> pd.DataFrame:
        """A row a case: truth, answer, how sure, and what is known of it; worst errors first.

        `row` is its place in the dataset. `error` is 1 less the probability of the truth.
        """
        sample = self.sample
        table = pd.DataFrame({"row": self.rows, "image_id": self.index["image_id"]})
        table["patient_id"] = self.index["patient_id"]
        table["class"] = [sample.classes[place] for place in sample.targets]
        table["answer"] = [sample.classes[place] for place in sample.predicted]
        table["correct"] = sample.targets == sample.predicted
        each = np.arange(sample.n)
        table["confidence"] = sample.probabilities[each, sample.predicted]
        table["error"] = 1 - sample.probabilities[each, sample.targets]
        if sample.positive:
            table["score"] = sample.score
        for place, name in enumerate(sample.classes):
            table[f"p_{name}"] = sample.probabilities[:, place]
        table = pd.concat([table, self.properties], axis=1)
        return table.sort_values(["correct", "error"], ascending=[True, False], kind="stable")


# Worked out once, whatever the threshold.
_STEADY = ("index", "properties")


def patients(index: pd.DataFrame) -> NDArray[np.object_]:
    """Whoever must stay together, those joined by copies of an image included."""
    return index["group"].fillna(index["patient_id"]).to_numpy(object)


def judge(
    model: str,
    dataset: str,
    *,
    split: str | None = None,
    part: str | None = None,
    threshold: float | None = None,
    progress: Progress = lambda done, total: None,
) -> Judgement:
    """Without a split: the test part of the model's own split on its own data, else all images."""
    asked = cases_of(model, dataset, split=split, part=part)
    item, data = asked.subject, asked.dataset
    rows, targets, unit = asked.rows, asked.targets, "images"
    if item.kind == "exam":
        found = breasts(item, data, rows, targets, progress)
        rows, targets, logits, unit = found.rows, found.targets, found.logits, "breasts"
    else:
        logits = answers(item, data, rows, progress)
    point = item.point.threshold if threshold is None else threshold
    return Judgement(
        item, data, asked.split, asked.part, rows, targets, logits, point, asked.left_out, unit
    )


@dataclass(frozen=True)
class Asked:
    """Which cases a model is put to, before it has answered any."""

    subject: Subject
    dataset: PreparedDataset
    split: str | None
    part: str | None
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    left_out: int


def cases_of(
    model: str, dataset: str, *, split: str | None = None, part: str | None = None
) -> Asked:
    item, data = subject(model), open_prepared(dataset)
    split, part = _which(item, data, split, part)
    targets = _targets(item, data)
    chosen = _members(item, data, split, part)
    rows = np.flatnonzero(chosen & (targets >= 0))
    if not len(rows):
        raise DatasetError(
            f"The part {part or ALL!r} of {dataset!r} has no image with a class that "
            f"{model!r} knows ({', '.join(item.class_names)}). Choose another part or dataset."
        )
    left_out = int((chosen & (targets < 0)).sum())
    return Asked(item, data, split, part, rows, targets[rows], left_out)


def own_data(item: Subject, data: PreparedDataset) -> bool:
    """Whether this is what the model was trained on, by content where that is known."""
    if item.checksums:
        return item.checksums == data.info.checksums
    return item.trained_on == data.info.name


def _which(
    item: Subject, data: PreparedDataset, split: str | None, part: str | None
) -> tuple[str | None, str | None]:
    if part is None and split in PARTS and split not in data.split_names():
        # `--split test` means the test part of the usual split.
        split, part = None, split
    if part is not None and part not in PARTS:
        raise ConfigError(f"There is no part {part!r}. Allowed: {', '.join(PARTS)}.")
    if split is None and own_data(item, data) and part != ALL and not item.out_of_fold:
        split = item.split or None
    if split is None and part not in (None, ALL) and USUAL in data.split_names():
        split = USUAL
    if split is None and part not in (None, ALL):
        raise ConfigError(
            f"{data.info.name!r} is not what {item.name!r} was trained on, so a part needs a "
            f"split. Known: {', '.join(data.split_names()) or 'none yet'}. Give --split, or leave "
            "out --part to judge all images."
        )
    return split, None if part == ALL or split is None else part or TEST


def _members(
    item: Subject, data: PreparedDataset, split: str | None, part: str | None
) -> NDArray[np.bool_]:
    every = answered(item, data) if item.out_of_fold else np.ones(len(data.index), bool)
    if part is None or split is None:
        return every
    members: NDArray[np.bool_] = every & np.asarray(own_parts(item, data, split) == part, bool)
    return members


def own_parts(item: Subject, data: PreparedDataset, split: str) -> pd.Series:
    """As the run stored them, since a split of that name may have changed since."""
    if item.members and split == item.split and own_data(item, data):
        return fold_parts(item, data)
    stored = item.run.path / "split.parquet" if item.run else None
    if stored and stored.is_file() and own_data(item, data) and split == item.split:
        table = pd.read_parquet(stored).set_index("image_id")["part"]
        return table.reindex(data.index["image_id"]).reset_index(drop=True)
    return data.split(split).reset_index(drop=True)


def _targets(item: Subject, data: PreparedDataset) -> NDArray[np.int64]:
    """The class of each row as the model's output, -1 where its question has no answer."""
    place = {name: number for number, name in enumerate(item.class_names)}
    if item.task == data.info.task or item.task not in TASKS:
        names = data.index["class"]
        if not set(names.dropna()) <= set(place):
            raise DatasetError(
                f"Dataset {data.info.name!r} has the classes {', '.join(data.info.classes)}; "
                f"{item.name!r} answers {', '.join(item.class_names)}. Prepare the dataset with "
                f"the task {item.task!r}."
            )
    else:
        ask = TASKS[item.task].of
        rows = data.index[_DECISIVE].to_dict("records")
        names = pd.Series([ask(_case(dict(row))) for row in rows], dtype=object)
    return np.asarray(names.map(place).fillna(-1), np.int64)


_DECISIVE = ["image_id", "pathology", "cancer", "findings"]


def _case(row: dict[Hashable, Any]) -> Case:
    """As much of the case as decides its class."""
    pathology, cancer, found = row["pathology"], row["cancer"], row["findings"]
    return Case(
        image_id=str(row["image_id"]),
        patient_id="",
        source="",
        path="",
        pathology=Pathology(pathology) if isinstance(pathology, str) else None,
        cancer=bool(cancer) if isinstance(cancer, bool | np.bool_) else None,
        findings=from_json(found) if isinstance(found, str) and found else (),
    )
