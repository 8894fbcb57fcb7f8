"""Makes one model of all networks of a cross-validation, which then answer together."""

import shutil
from collections.abc import Callable
from typing import Any

from core.datasets.prepared import open_prepared
from core.domain.card import Member
from core.domain.groups import Group
from core.errors import InputError
from core.services import group_card, groups, out_of_fold
from core.services.bundle_folder import (
    check_name,
    check_room,
    described,
    new_bundle,
    write_card,
)
from core.services.card_texts import CardTexts, with_texts
from core.services.catalogue import FITNESS, MODEL
from core.services.fitness_reference import write_reference
from core.services.subjects import kind_of
from core.training import data
from core.training.run_folder import RunFolder

Progress = Callable[[int, int], None]
STEPS = 3  # the figures, the networks and the reference of their images, the card


def publish(
    name_of_group: str,
    name: str,
    *,
    title: str = "",
    texts: CardTexts | None = None,
    replace: bool = False,
    told: Progress = lambda done, total: None,
) -> dict[str, Any]:
    group = groups.find(name_of_group)
    check(group, name, replace)
    folders = _folders(group)
    dataset = open_prepared(group.training.dataset)
    told(0, STEPS)
    run_data = [data.load(dataset, folder.path) for folder in folders]
    figures = group_card.measured(group, dataset)
    told(1, STEPS)
    with new_bundle(name) as made:
        networks = members(group)
        for folder, network in zip(folders, networks, strict=True):
            shutil.copyfile(folder.model_file, made / network.file)
        fitness = write_reference(made / FITNESS, folders[0], run_data[0])
        told(2, STEPS)
        card = group_card.make(name, title, group, run_data, networks, figures, fitness)
        card = with_texts(card, texts) if texts else card
        write_card(made, card)
    told(STEPS, STEPS)
    return {"group": group.id, "networks": len(networks), **described(card)}


def members(group: Group) -> tuple[Member, ...]:
    """Each with the temperature that was fitted on the validation images of its own fold."""
    table = out_of_fold.predictions(group)
    fitted = table.groupby("run")["temperature"].first()
    return tuple(
        Member(_file(number), item.run, item.seed, item.fold, float(fitted[item.run]))
        for number, item in enumerate(group.runs, 1)
    )


def _file(number: int) -> str:
    first, dot, ending = MODEL.partition(".")
    return MODEL if number == 1 else f"{first}-{number}{dot}{ending}"


def check(group: Group, name: str, replace: bool) -> None:
    """Raises what stands against publishing this group under this name."""
    check_name(name, replace)
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
