from typing import Any

import pytest

from core.domain.models import ModelConfig
from core.errors import ConfigError
from core.models.block_names import check


def model(name: str, **more: Any) -> ModelConfig:
    return ModelConfig(name, 224, 224, ("a", "b"), **more)


@pytest.mark.parametrize(
    ("config", "trained"),
    [
        (model("resnet50"), "last-20"),
        (model("resnet50"), "conv5"),
        (model("resnet50"), "conv4, conv5_block3"),
        (model("efficientnet_b0"), "block6"),
        (model("hybrid"), "densenet121_conv5,conv4"),
        # Depth is an option, so nobody knows before it is built.
        (model("vit_tiny", options={"depth": 14}), "block14"),
        (model("patch_to_whole"), "patch_conv4"),
    ],
)
def test_what_the_model_has_may_be_trained(config: ModelConfig, trained: str) -> None:
    check(config, trained)


@pytest.mark.parametrize(
    ("config", "trained"),
    [
        (model("resnet50"), "nonsense"),
        (model("resnet50"), "conv5,conv50"),
        (model("vit_tiny"), "block13"),
        (model("hybrid"), "block6"),
    ],
)
def test_what_it_has_not_is_refused_with_what_it_has(config: ModelConfig, trained: str) -> None:
    with pytest.raises(ConfigError, match="Allowed: head, all, last-N, or blocks, here"):
        check(config, trained)
