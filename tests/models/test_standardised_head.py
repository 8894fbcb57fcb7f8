"""A head that brings pooled features to one scale before it weighs them."""

import numpy as np
import pytest

from core.domain.models import HeadConfig, ModelConfig
from core.models import factory
from core.models.head import POOLED, STANDARDISED

SIZE = 32


@pytest.mark.parametrize("dense", [(), (4,)])
def test_what_it_weighs_has_one_scale_whatever_the_scale_of_the_features(
    dense: tuple[int, ...],
) -> None:
    import keras

    head = HeadConfig(standardise=True, dense=dense)
    config = ModelConfig("custom_cnn_bn", SIZE, SIZE, ("no", "yes"), head=head)
    model = factory.build(config, seed=0)
    names = [layer.name for layer in model.layers]
    assert names.index(STANDARDISED) == names.index(POOLED) + 1
    layer = model.get_layer(STANDARDISED)
    features = np.random.default_rng(0).normal(5, [1.0, 100.0] * 128, (400, 256))
    layer.moving_mean.assign(features.mean(axis=0))
    layer.moving_variance.assign(features.var(axis=0))
    found = keras.ops.convert_to_numpy(layer(features.astype(np.float32), training=False))
    np.testing.assert_allclose(found.std(axis=0), 1.0, rtol=0.01)
    assert not layer.trainable_weights


def test_without_it_the_network_is_as_it_was() -> None:
    config = ModelConfig("custom_cnn_bn", SIZE, SIZE, ("no", "yes"))
    assert STANDARDISED not in [layer.name for layer in factory.build(config, seed=0).layers]
