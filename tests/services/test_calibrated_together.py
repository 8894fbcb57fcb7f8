"""Networks of one cross-validation are calibrated on the validation images of all its folds."""

import numpy as np
import pandas as pd
import pytest

from core.domain.dataset import TEST, VALIDATION
from core.domain.groups import Group
from core.domain.models import ModelConfig
from core.domain.training import TrainConfig
from core.services.out_of_fold import fits

CLASSES = ("negative", "cancer")


def group() -> Group:
    training = TrainConfig(model=ModelConfig("custom_cnn", 64, 64, CLASSES))
    return Group("g", 0.0, training, folds=3, seeds=(0,), validation=0.2)


def answers(fold: int, logit: float, images: int = 60) -> pd.DataFrame:
    """Validation images are answered at `logit` for cancers and its opposite for others."""
    rng = np.random.default_rng(fold)
    ill = rng.random(2 * images) < 0.5
    right = rng.random(2 * images) < 0.75
    return pd.DataFrame(
        {
            "patient_id": [f"{(fold + (n >= images)) % 3}-{n % images}" for n in range(2 * images)],
            "part": [TEST] * images + [VALIDATION] * images,
            "class": np.where(ill, "cancer", "negative"),
            "logit_0": np.where(ill == right, logit, -logit),
        }
    )


def test_no_network_is_silenced_by_its_own_few_images() -> None:
    unlucky = answers(1, 2.0)
    validated = unlucky["part"] == VALIDATION
    unlucky.loc[validated, "logit_0"] *= np.where(np.arange(60) % 2, 1, -1)
    alone = fits(group(), [unlucky])[0].temperature
    together = fits(group(), [answers(0, 2.0), unlucky, answers(2, 2.0)])[1].temperature
    assert together < alone / 2


def test_all_networks_share_one_scale() -> None:
    found = fits(group(), [answers(0, 2.0), answers(1, 3.0), answers(2, 2.0)])
    assert len({(one.temperature, one.shift) for one in found}) == 1


def test_patients_a_network_is_judged_on_do_not_choose_its_threshold() -> None:
    rng = np.random.default_rng(0)
    tables = [answers(fold, 2.0) for fold in range(3)]
    for table in tables:
        table["logit_0"] += rng.normal(size=len(table))
    before = fits(group(), tables)
    judged = tables[0].loc[tables[0]["part"] == TEST, "patient_id"]
    third = tables[2]
    same = third["patient_id"].isin(judged) & (third["part"] == VALIDATION)
    assert same.any()
    # Answers turned round: the scale stays what it is asked to be, the order does not.
    tables[2] = third.assign(**{"class": third["class"].where(~same, "cancer")})
    after = fits(group(), tables)
    scale = [(before[0].temperature, before[0].shift), (after[0].temperature, after[0].shift)]
    logit = [np.log(one.threshold / (1 - one.threshold)) for one in (before[0], after[0])]
    raw = [(at - shift[0]) * t for at, (t, shift) in zip(logit, scale, strict=True)]
    assert raw[0] == pytest.approx(raw[1], abs=1e-6)
    assert scale[0] != scale[1]
