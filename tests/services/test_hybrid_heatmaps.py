"""A hybrid on the page can be looked at merged and branch by branch."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.domain.models import ModelConfig
from core.models.factory import assemble
from core.services import catalogue, heatmaps, inference, samples


@pytest.fixture
def hybrid(monkeypatch: pytest.MonkeyPatch) -> str:
    shipped = catalogue.bundles("image")[0]
    names = ("custom_cnn", "mobilenet_v2")
    classes = tuple(c.name for c in shipped.card.classes)
    config = ModelConfig(
        "hybrid", 244, 244, classes, backbones=names, options={"mobilenet_v2": {"alpha": 0.35}}
    )
    built = assemble(config, seed=3)
    card = replace(
        shipped.card,
        model={"name": "hybrid", "backbones": list(names)},
        explanation_layer=built.explanation_layer,
    )
    loaded: Any = SimpleNamespace(
        bundle=replace(shipped, name="a-hybrid", card=card), model=built.model
    )
    monkeypatch.setattr(inference, "get", lambda name: loaded)
    return "a-hybrid"


def test_each_branch_has_a_map_of_its_own(hybrid: str) -> None:
    image = samples.open_sample("case-a").mammogram
    found = heatmaps.places(hybrid)
    assert list(found.values())[1:] == ["CNN of system D alone", "MobileNetV2 alone"]
    maps = [
        heatmaps.draw(image, hybrid, target="malignant", method="hires-cam", layer=layer)
        for layer in found
    ]
    assert [one.layer for one in maps] == list(found)
    assert not np.array_equal(maps[1].values, maps[2].values)
