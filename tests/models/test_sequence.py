"""A patient's views, earlier exams and context are read together, each breast for itself."""

import json

import numpy as np
import pytest

from core.domain.cases import Case, Metadata, Side, View
from core.domain.models import ModelConfig, SequenceConfig
from core.domain.training import Sequence
from core.errors import ConfigError
from core.models import sequence, stages
from core.models.context import ContextEncoder
from core.models.loading import load_model
from core.models.split import split
from core.models.views import batch, exam_ages

SIZE = 32
ENCODER = ContextEncoder.fit(
    [Metadata(age=50, machine="29", density="B"), Metadata(age=60, machine="48", implant=True)]
)


def config(**changes) -> SequenceConfig:
    view = ModelConfig("custom_cnn_bn", SIZE, SIZE, ("negative", "cancer"))
    return SequenceConfig(**{"view": view, "context": ENCODER.width, "slots": 5, **changes})


def view(name: str, side: Side, exam: str | None = None, age: float = 55, kind: View = View.CC):
    pixels = np.random.default_rng(sum(map(ord, name))).random((SIZE, SIZE), np.float32)
    return Case(name, "p", "s", "x", None, side, kind, metadata=Metadata(age, exam=exam)), pixels


L, R = Side.LEFT, Side.RIGHT
PATIENT = [view("a", L, "1"), view("b", R, "1"), view("c", L, "2", kind=View.MLO)]


@pytest.fixture(scope="module", params=["gru", "lstm"])
def model(request: pytest.FixtureRequest):
    return sequence.build(config(recurrent=request.param), seed=3)


def ask(model, *patients) -> tuple[np.ndarray, np.ndarray]:
    answer = model(batch(patients, config(), ENCODER), training=False)
    return np.asarray(answer["breast"]), np.asarray(answer["patient"])[:, 0]


def test_each_breast_and_the_patient_get_a_probability(model) -> None:
    breast, patient = ask(model, PATIENT[:2], PATIENT[1:2])
    assert breast.shape == (2, 2)
    np.testing.assert_allclose(patient[0], 1 - (1 - breast[0]).prod(), rtol=1e-5)
    assert breast[0, 0] != breast[1, 0]  # the left breast lost a view
    np.testing.assert_allclose(breast[0, 1], breast[1, 1], rtol=1e-5)  # the right one did not


def test_slots_without_a_view_are_not_read(model) -> None:
    inputs = batch([PATIENT], config(), ENCODER)
    before = np.asarray(model(inputs)["breast"])
    for name in ("images", "context", "view", "exam"):
        inputs[name][0, 3:] = 1
    inputs["side"][0, 3:] = 1
    np.testing.assert_allclose(model(inputs)["breast"], before, rtol=1e-6)


def test_a_breast_without_views_does_not_speak_for_the_patient(model) -> None:
    breast, patient = ask(model, [PATIENT[0]])
    np.testing.assert_allclose(patient, breast[:, 0], rtol=1e-6)
    assert ask(model, [])[1] == 0


def test_views_that_are_missing_in_between_are_skipped(model) -> None:
    inputs = batch([PATIENT], config(), ENCODER)
    inputs["present"][0, 1] = 0
    moved = batch([[PATIENT[0], PATIENT[2]]], config(), ENCODER)
    np.testing.assert_allclose(
        model(inputs)["breast"][:, 0], model(moved)["breast"][:, 0], rtol=1e-5
    )


def test_the_patients_context_and_the_order_of_exams_count(model) -> None:
    plain, _ = ask(model, PATIENT)
    older, _ = ask(model, [view("a", L, "1", age=90), *PATIENT[1:]])
    swapped, _ = ask(model, [view("a", L, "2"), PATIENT[1], view("c", L, "1", kind=View.MLO)])
    assert plain[0, 0] != older[0, 0]
    assert plain[0, 0] != swapped[0, 0]


def test_it_can_be_cut_in_two_to_keep_the_features_of_views(model) -> None:
    inputs = batch([PATIENT], config(), ENCODER)
    trunk, head = split(model, "by_patient", until="breast")
    kept = trunk([inputs[t.name] for t in model.inputs])
    np.testing.assert_allclose(head(kept), model(inputs)["breast"], rtol=1e-6)


def test_it_is_saved_and_reloaded_the_same(model, tmp_path) -> None:
    model.save(tmp_path / "model.keras")
    inputs = batch([PATIENT], config(), ENCODER)
    again = load_model(tmp_path / "model.keras")(inputs)
    np.testing.assert_array_equal(again["breast"], model(inputs)["breast"])


def test_it_trains_and_its_view_network_can_rest() -> None:
    model = sequence.build(config(dropout=0.1), seed=3)
    inputs = batch([PATIENT, PATIENT[:1], PATIENT[1:]], config(), ENCODER)
    targets = {"breast": np.eye(3, 2, dtype="f"), "patient": np.ones((3, 1), "f")}
    first = "conv1"
    for stage, moves in (("head", False), ("all", True)):
        stages.freeze(model, stage)
        model.compile("adam", dict.fromkeys(targets, "binary_crossentropy"))
        before = model.get_layer(first).get_weights()[0]
        reader = model.get_layer("reader").get_weights()[0]
        model.fit(inputs, targets, batch_size=3, verbose=0)
        assert (before != model.get_layer(first).get_weights()[0]).any() == moves
        assert (reader != model.get_layer("reader").get_weights()[0]).any()


def test_views_stand_oldest_first_and_too_many_leave_the_oldest_out() -> None:
    many = [view(str(n), L, f"exam {n}") for n in (2, 10, 9)] + [view("now", R)]
    assert exam_ages([case for case, _ in many]) == [2, 0, 1, 0]
    inputs = batch([many], config(slots=3), ENCODER)
    np.testing.assert_array_equal(inputs["exam"], [[1, 0, 0]])
    np.testing.assert_array_equal(inputs["side"], [[1, 1, 2]])
    np.testing.assert_array_equal(inputs["present"], [[1, 1, 1]])
    np.testing.assert_array_equal(inputs["images"][0, 0, ..., 0], many[2][1])


def test_empty_slots_hold_no_black_pictures_that_would_mislead_normalisation() -> None:
    inputs = batch([PATIENT[:1]], config(), ENCODER)
    np.testing.assert_array_equal(inputs["images"][0, 4], inputs["images"][0, 0])
    assert inputs["present"].sum() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recurrent": "rnn"}, "gru or lstm"),
        ({"slots": 0}, "1 or more slots"),
        ({"units": 0}, "1 or more units"),
        ({"context": 0}, "ContextEncoder"),
    ],
)
def test_what_cannot_be_built_is_said(change: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        sequence.build(config(**change))


def test_unknown_context_is_marked_and_known_context_scaled() -> None:
    known = dict(zip(ENCODER.names, ENCODER.encode(Metadata(age=60, density="b")), strict=True))
    assert known["age"] == 1
    assert known["density B"] == 1
    assert known["age unknown"] == known["density unknown"] == 0
    assert known["implant unknown"] == known["machine unknown"] == 1
    nothing = dict(zip(ENCODER.names, ENCODER.encode(Metadata(density="E")), strict=True))
    assert {name for name, value in nothing.items() if value} == {
        "age unknown",
        "density unknown",
        "implant unknown",
        "machine unknown",
    }
    odd = dict(
        zip(ENCODER.names, ENCODER.encode(Metadata(age=float("nan"), machine="7")), strict=True)
    )
    assert odd["another machine"] == odd["age unknown"] == 1
    assert np.isfinite(list(odd.values())).all()


def test_the_encoder_is_kept_as_json() -> None:
    assert ContextEncoder.from_json(ENCODER.to_json()) == ENCODER
    # One written before there was a choice reads everything.
    older = {k: v for k, v in json.loads(ENCODER.to_json()).items() if k != "reads"}
    assert ContextEncoder.from_json(json.dumps(older)) == ENCODER
    for text in ("nonsense", "[]", '{"version": 9}', '{"version": 1, "age": 3}'):
        with pytest.raises(ConfigError, match=r"context"):
            ContextEncoder.from_json(text)


def test_an_encoder_of_patients_nothing_is_known_about_still_works() -> None:
    encoder = ContextEncoder.fit([Metadata(), Metadata(age=40)])
    assert encoder.encode(Metadata(age=41))[0] == 1
    assert np.isfinite(ContextEncoder.fit([]).encode(Metadata(age=70))).all()


def test_a_fact_that_is_not_read_is_unknown_whatever_it_is() -> None:
    told = Metadata(age=70, density="D", implant=True, machine="29")
    reader = ContextEncoder.fit([told], ("density", "implant"))
    other = Metadata(age=40, density="D", implant=True, machine="48")
    np.testing.assert_array_equal(reader.encode(told), reader.encode(other))
    nothing = ContextEncoder.fit([told], ())
    np.testing.assert_array_equal(nothing.encode(told), nothing.encode(Metadata()))
    assert ContextEncoder.fit([told]).encode(told).tolist() != nothing.encode(told).tolist()


def test_what_cannot_be_told_of_a_patient_is_refused() -> None:
    with pytest.raises(ConfigError, match="age, density, implant, machine"):
        Sequence(context=("age", "weight"))
