"""Every registered method keeps the same promises, and agrees with the reference where it can."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.explanation import Cost, Explain, Method
from core.domain.models import HeadConfig, ModelConfig
from core.errors import InputError
from core.explanation import LIVE, METHODS, masking, methods
from core.explanation.integrated_gradients import STEPS
from core.explanation.layers import layer_choices
from core.explanation.smoothgrad import COPIES, NOISE, noise
from core.models.factory import Built, assemble

SIZE = 32
SILENT = 2  # a class that no image can speak for
NAMES = METHODS.names()


def pictures(count: int = 2, size: int = SIZE) -> NDArray[np.float32]:
    return np.random.default_rng(4).random((count, size, size, 1), np.float32)


@pytest.fixture(scope="module")
def built() -> Built:
    made = assemble(
        ModelConfig("custom_cnn", SIZE, SIZE, ("a", "b", "c"), head=HeadConfig(dense=(8,))), seed=5
    )
    logits = made.model.get_layer("logits")
    kernel, bias = (np.array(w) for w in logits.get_weights())
    kernel[:, SILENT], bias[SILENT] = 0, -60
    logits.set_weights([kernel, bias])
    return made


@pytest.fixture(scope="module")
def explain(built: Built) -> Callable[[str], Explain]:
    made: dict[str, Explain] = {}

    def get(name: str) -> Explain:
        if name not in made:
            made[name] = METHODS.load(name).make(built.model, built.explanation_layer)
        return made[name]

    return get


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_menu_is_told_all_it_needs_without_a_deep_learning_library() -> None:
    code = (
        "import sys\nfrom core.explanation import METHODS\n"
        "for e in METHODS: m = e.load(); assert m.title and m.plain.endswith('.'), e.name\n"
        "print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"


def test_the_live_method_comes_first_and_patch_models_have_their_own() -> None:
    assert next(iter(methods())) == LIVE
    assert methods()[LIVE].cost is Cost.LIVE
    assert list(methods("patch")) == ["class-map"]


def test_maps_are_finite_and_never_negative_and_come_one_an_image(
    name: str, explain: Callable[[str], Explain]
) -> None:
    maps = explain(name)(pictures(), 0)
    assert maps.dtype == np.float32
    assert maps.ndim == 3
    assert len(maps) == 2
    assert np.isfinite(maps).all()
    assert maps.min() >= 0
    if not METHODS.load(name).by_layer:
        assert maps.shape[1:] == (SIZE, SIZE)


def test_the_caller_chooses_the_class(name: str, explain: Callable[[str], Explain]) -> None:
    of_each = [explain(name)(pictures(), target) for target in (0, 1)]
    assert max(m.max() for m in of_each) > 0
    assert not np.array_equal(*of_each)


def test_the_same_question_has_the_same_map(name: str, explain: Callable[[str], Explain]) -> None:
    first, again = (explain(name)(pictures(), 1) for _ in range(2))
    np.testing.assert_allclose(first, again, rtol=1e-5, atol=1e-7)


def test_images_are_explained_one_by_one(name: str, explain: Callable[[str], Explain]) -> None:
    together, alone = explain(name)(pictures(), 1), explain(name)(pictures()[1:], 1)
    np.testing.assert_allclose(together[1], alone[0], rtol=1e-4, atol=1e-6)


def test_a_class_for_which_nothing_speaks_has_an_empty_map(
    name: str, explain: Callable[[str], Explain]
) -> None:
    assert explain(name)(pictures(), SILENT).max() == 0


def test_an_unknown_class_is_refused(name: str, explain: Callable[[str], Explain]) -> None:
    with pytest.raises(InputError, match="class 3"):
        explain(name)(pictures(), 3)


def test_slow_methods_tell_how_far_they_are(name: str, explain: Callable[[str], Explain]) -> None:
    shares: list[float] = []
    explain(name)(pictures(), 0, shares.append)
    if METHODS.load(name).cost in (Cost.SLOW, Cost.VERY_SLOW):
        assert shares == sorted(shares)
        assert shares[-1] == 1


def same(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> None:
    """Up to a factor, on maps that are not all zero."""
    assert ours.max() > 0
    assert theirs.max() > 0
    np.testing.assert_allclose(ours / ours.max(), theirs / theirs.max(), atol=1e-4)


def logits_of(built: Built) -> object:
    import keras

    return keras.Model(built.model.inputs, built.model.get_layer("logits").output)


PENULTIMATE = {"seek_penultimate_conv_layer": False, "expand_cam": False, "normalize_cam": False}


@pytest.mark.parametrize(
    ("name", "module", "kind"),
    [
        ("grad-cam", "gradcam", "Gradcam"),
        ("grad-cam-plus-plus", "gradcam_plus_plus", "GradcamPlusPlus"),
        ("layer-cam", "layercam", "Layercam"),
    ],
)
def test_layer_maps_equal_the_reference(
    built: Built, explain: Callable[[str], Explain], name: str, module: str, kind: str
) -> None:
    from importlib import import_module

    reference = getattr(import_module(f"tf_keras_vis.{module}"), kind)(
        logits_of(built), clone=False
    )
    for target in (0, 1):
        theirs = reference(
            lambda output, target=target: output[:, target],
            pictures(1),
            penultimate_layer=built.explanation_layer,
            **PENULTIMATE,
        )
        ours = explain(name)(pictures(1), target)
        assert (ours.max() > 0) == (np.asarray(theirs).max() > 0)
        if ours.max() > 0:
            same(ours, np.asarray(theirs))


@pytest.mark.parametrize("most", [None, 16])
def test_score_cam_without_its_floor_equals_the_reference(built: Built, most: int | None) -> None:
    """The reference leaves out the paper's comparison with an empty image."""
    from tf_keras_vis.scorecam import Scorecam

    ours = masking.maker(most, over_black=False)(built.model, built.explanation_layer)
    theirs = Scorecam(logits_of(built), clone=False)(
        lambda output: output[:, 0],
        pictures(1),
        penultimate_layer=built.explanation_layer,
        max_N=most,
        **PENULTIMATE,
    )
    same(ours(pictures(1), 0), np.asarray(theirs))


def test_smoothgrad_equals_the_reference_on_the_same_noise(
    built: Built, explain: Callable[[str], Explain], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tf_keras_vis.saliency import Saliency

    drawn = noise((SIZE, SIZE, 1))[:, None]
    monkeypatch.setattr(np.random, "normal", lambda mean, sigma, shape: sigma * drawn)
    theirs = Saliency(logits_of(built), clone=False)(
        lambda output: output[:, 0],
        pictures(1),
        smooth_samples=COPIES,
        smooth_noise=NOISE,
        gradient_modifier=None,
        normalize_map=False,
    )
    same(explain("smoothgrad")(pictures(1), 0), np.maximum(np.asarray(theirs), 0))


def test_integrated_gradients_share_out_the_whole_score(built: Built) -> None:
    """The cut map cannot show it, so both halves are asked for: the class and its opposite."""
    model = assemble(ModelConfig("custom_cnn", SIZE, SIZE, ("no", "yes")), seed=5).model
    method = METHODS.load("integrated-gradients").make(model, "conv4")
    image = pictures(1)
    shared = float(method(image, 1).sum() - method(image, 0).sum())
    import keras

    logit = keras.Model(model.input, model.get_layer("logits").output)
    gained = float(logit(image)[0, 0] - logit(np.zeros_like(image))[0, 0])
    assert STEPS >= 16
    assert shared == pytest.approx(gained, rel=0.05)


def test_hirescam_equals_grad_cam_where_maps_are_averaged_and_read_linearly() -> None:
    built = assemble(ModelConfig("custom_cnn", SIZE, SIZE, ("a", "b", "c")), seed=5)
    last = built.model.get_layer("pooled_features").input._keras_history.operation.name
    maps = [METHODS.load(n).make(built.model, last)(pictures(), 1) for n in ("hires-cam", LIVE)]
    same(*maps)


def test_a_patch_model_is_put_to_an_image_larger_than_its_patches(
    built: Built, explain: Callable[[str], Explain]
) -> None:
    large = pictures(1, size=3 * SIZE)
    maps = explain("class-map")(large, 0)
    assert maps.shape == (1, 3 * SIZE, 3 * SIZE)
    assert 0 < maps.max() <= 1


def test_a_hybrid_is_explained_as_one_and_branch_by_branch() -> None:
    config = ModelConfig(
        "hybrid",
        SIZE,
        SIZE,
        ("a", "b"),
        backbones=("custom_cnn", "mobilenet_v2"),
        options={"mobilenet_v2": {"alpha": 0.35}},
    )
    built = assemble(config, seed=3)
    found = layer_choices(
        built.model, {"name": "hybrid", "backbones": config.backbones}, built.explanation_layer
    )
    assert next(iter(found.values())) == "All branches merged"
    assert len(found) == 3
    maps = [METHODS.load("hires-cam").make(built.model, layer)(pictures(1), 1) for layer in found]
    assert all(np.isfinite(m).all() for m in maps)
    assert not np.array_equal(maps[1], maps[2])


def test_another_method_is_one_more_file() -> None:
    assert all(isinstance(entry.load(), Method) for entry in METHODS)
    assert {"grad-cam", "score-cam", "faster-score-cam", "integrated-gradients"} <= set(NAMES)
