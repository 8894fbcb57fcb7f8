"""Judged cases as small pictures: the image, its heatmap over it, and what was said of it."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pandas as pd

from core.domain.images import Pixels
from core.services import gallery
from core.services.explaining import Maps
from core.services.gallery import Tile
from core.services.judgement import Judgement
from core.services.overlay import Palette, overlay

LONGEST = 256


def tiles(
    found: Judgement,
    cases: pd.DataFrame,
    titles: dict[str, str],
    heat: Maps | None = None,
    *,
    flags: dict[str, str] | None = None,
    opacity: float = 0.5,
    palette: Palette = "magma",
) -> list[Tile]:
    """`cases` are rows of `found.cases()`; the picture's words are answer and sureness."""
    rows = [int(row) for row in cases["row"]]
    made = gallery.tiles(found.dataset, rows, LONGEST)
    told = [caption(case, titles, flags or {}) for case in cases.to_dict("records")]
    drawn = [None] * len(made) if heat is None else list(heat)
    return [
        replace(
            tile,
            # Asked of this model, which may divide the images otherwise than their set does.
            class_name=str(truth),
            facts=words,
            source=tile.source
            if one is None
            else _laid_over(found, tile.row, one, opacity, palette),
        )
        for tile, words, truth, one in zip(made, told, cases["class"], drawn, strict=True)
    ]


def caption(case: dict[Any, Any], titles: dict[str, str], flags: dict[str, str]) -> str:
    answer = titles.get(case["answer"], case["answer"]).lower()
    how = "rightly" if case["correct"] else "called"
    flag = flags.get(case["image_id"], "")
    said = f"{how} {answer}, {case['confidence']:.0%} sure"
    return f"{said}, {flag}" if flag else said


def _laid_over(found: Judgement, row: int, heat: Pixels, opacity: float, palette: Palette) -> str:
    grey = gallery.thumbnail(found.dataset, row, LONGEST)
    size = (grey.shape[1], grey.shape[0])
    small: Pixels = cv2.resize(heat.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    pixels = grey.astype(np.float32) / np.float32(255)
    mixed = overlay(
        pixels, np.clip(small, 0, 1).astype(np.float32), opacity=opacity, palette=palette
    )
    _, data = cv2.imencode(".jpg", mixed[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    return "data:image/jpeg;base64," + base64.b64encode(bytes(data)).decode()


def select(
    cases: pd.DataFrame,
    *,
    truth: str | None = None,
    answer: str | None = None,
    scores: tuple[float, float] | None = None,
    which: str = "all",
    noted: Sequence[str] = (),
    order: str = "worst",
) -> pd.DataFrame:
    """Some of `found.cases()`, in the order asked for. `which`: all, wrong, right or noted."""
    keep = np.ones(len(cases), bool)
    for column, wanted in (("class", truth), ("answer", answer)):
        if wanted is not None:
            keep &= (cases[column] == wanted).to_numpy()
    if scores is not None and "score" in cases:
        keep &= cases["score"].between(*scores).to_numpy()
    if which in ("wrong", "right"):
        keep &= cases["correct"].to_numpy() == (which == "right")
    if which == "noted":
        keep &= cases["image_id"].isin(list(noted)).to_numpy()
    chosen = cases[keep]
    if order == "worst" or (order == "score" and "score" not in cases):
        return chosen
    column, rising = {
        "sure": ("confidence", False),
        "unsure": ("confidence", True),
        "score": ("score", False),
    }[order]
    return chosen.sort_values(column, ascending=rising, kind="stable")
