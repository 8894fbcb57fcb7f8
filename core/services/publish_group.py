"""A cross-validation on its way to one model: all its networks, which then answer together."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.datasets.prepared import open_prepared
from core.domain.card import Member, ModelCard
from core.domain.groups import Group
from core.errors import InputError
from core.services import group_card, groups, out_of_fold
from core.services.bundle_folder import check_room
from core.services.catalogue import FITNESS, MODEL
from core.services.fitness_reference import write_reference
from core.services.subjects import kind_of
from core.training import data
from core.training.data import RunData
from core.training.run_folder import RunFolder


@dataclass(frozen=True)
class GroupDraft:
    group: Group
    folders: list[RunFolder]
    run_data: list[RunData]
    networks: tuple[Member, ...]
    figures: group_card.Measured

    def fill(self, made: Path) -> dict[str, Any]:
        for folder, network in zip(self.folders, self.networks, strict=True):
            shutil.copyfile(folder.model_file, made / network.file)
        return write_reference(made / FITNESS, self.folders[0], self.run_data[0])

    def card(self, name: str, title: str, fitness: dict[str, Any]) -> ModelCard:
        return group_card.make(
            name, title, self.group, self.run_data, self.networks, self.figures, fitness
        )

    @property
    def about(self) -> dict[str, Any]:
        return {"group": self.group.id, "networks": len(self.networks)}


def measured(group: Group) -> GroupDraft:
    folders = _folders(group)
    dataset = open_prepared(group.training.dataset)
    run_data = [data.load(dataset, folder.path) for folder in folders]
    figures = group_card.measured(group, dataset)
    return GroupDraft(group, folders, run_data, _members(group), figures)


def _members(group: Group) -> tuple[Member, ...]:
    """Each with the temperature and the shift that it was judged with."""
    table = out_of_fold.predictions(group)
    shifts = [name for name in table.columns if name.startswith("shift_")]
    fitted = table.groupby("run")[["temperature", *shifts]].first()
    return tuple(
        Member(
            _file(number),
            item.run,
            item.seed,
            item.fold,
            float(fitted["temperature"][item.run]),
            tuple(float(fitted[name][item.run]) for name in shifts),
        )
        for number, item in enumerate(group.runs, 1)
    )


def _file(number: int) -> str:
    first, dot, ending = MODEL.partition(".")
    return MODEL if number == 1 else f"{first}-{number}{dot}{ending}"


def check(group: Group) -> None:
    """Raises what stands against publishing this group."""
    _check_kind(group)
    out_of_fold.whole(group)
    check_room(folder.model_file for folder in _folders(group))


def _check_kind(group: Group) -> None:
    kind = kind_of(group.training, open_prepared(group.training.dataset).info)
    if kind == "image":
        return
    asked = "whole exams" if kind == "exam" else "patches"
    some = next((item.run for item in group.runs if item.run), "RUN")
    raise InputError(
        f"The networks of group {group.id} are asked about {asked}; only those asked about images "
        f"can answer together. Publish one of its folds: python -m core publish {some} NAME"
    )


def _folders(group: Group) -> list[RunFolder]:
    found = [groups.run_folder(item.run) for item in group.runs]
    kept = [folder for folder in found if folder and folder.model_file.is_file()]
    if len(kept) < len(group.runs):
        raise InputError(
            f"Only {len(kept)} of the {len(group.runs)} networks of group {group.id} are still "
            "there; the runs of the others were deleted. Its figures remain, but to publish it, "
            "cross-validate again."
        )
    return kept
