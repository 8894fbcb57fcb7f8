"""Train leads from nothing to a run by offered clicks, marks changes, and controls runs."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.datasets.prepared import open_prepared
from core.domain.runs import RunState, RunStatus
from core.domain.training import TrainConfig
from core.services import (
    background,
    computing,
    ending,
    estimate,
    launching,
    presets,
    queue,
    runs,
)
from core.services.background import Errand
from core.services.estimate import Estimate
from core.services.launching import Draft
from core.training import devices, dispatcher
from core.training.devices import Gpu
from core.training.liveness import this_process
from core.training.run_folder import RunFolder, all_runs

ROOT = Path(__file__).resolve().parents[2]
Say = Callable[[AppTest], str]


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are queued and stay so."""
    monkeypatch.setattr(dispatcher, "ensure", lambda: None)


@pytest.fixture
def visit(
    phantom_workspace: Path, nobody_works: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    data = open_prepared("small")
    data.index["class"] = np.resize(data.info.classes, len(data.index))
    data.index.to_parquet(data.path / "index.parquet", index=False)
    return lambda **parameters: opened(monkeypatch, **parameters)


def opened(monkeypatch: pytest.MonkeyPatch, **parameters: str) -> AppTest:
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()
    st.cache_data.clear()
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    page.switch_page("pages/3_Train.py")
    for name, value in parameters.items():
        page.query_params[name] = value
    return calm(page.run())


def calm(page: AppTest) -> AppTest:
    assert not page.exception
    assert not [one.value for one in page.error]
    return page


def pressed(page: AppTest, label: str) -> AppTest:
    next(one for one in page.button if one.label == label).click().run()
    return calm(page)


def field(kind: Any, label: str) -> Any:
    return next(one for one in kind if one.label.startswith((label, f":orange[**{label}**]")))


def command(page: AppTest) -> str:
    return next(one.value for one in page.code if " train --dataset" in one.value)


def wished() -> Draft:
    return Draft("small", "d-four-class", settings={"batch_size": 4, "epochs": 3})


def queued(**settings: Any) -> RunFolder:
    draft = wished()
    return runs.start(launching.configure(replace(draft, settings={**draft.settings, **settings})))


def test_without_a_dataset_one_click_makes_one(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    begun: list[tuple[Errand, ...]] = []
    monkeypatch.setattr(background, "start", lambda *args: begun.append(tuple(args[3])))
    page = opened(monkeypatch)
    assert "A network learns from images" in said(page)
    pressed(page, "Make a phantom set")
    assert begun[0][0].arguments[0] == "phantom"


def test_the_offered_start_starts_a_run_and_opens_it(
    visit: Callable[..., AppTest], said: Say
) -> None:
    page = pressed(visit(), "Start")
    (folder,) = all_runs()
    config = folder.config()
    assert (config.dataset, config.recipe) == ("small", "d-four-class")
    assert config.batch_size <= folder.document()["data"]["images"]["train"]
    assert page.query_params["run"] in (folder.id, [folder.id])
    assert "Take out of the queue" in [one.label for one in page.button]
    assert "1 run in the queue" in said(page)


def test_a_change_is_marked_undone_and_said_on_the_command_line(
    visit: Callable[..., AppTest], said: Say
) -> None:
    page = visit()
    field(page.number_input, "Epochs").set_value(3).run()
    assert field(page.number_input, "Epochs").label == ":orange[**Epochs**] · recipe: 30"
    assert "--set epochs=3" in command(calm(page))
    pressed(page, "Epochs: 3")
    assert field(page.number_input, "Epochs").value == 30
    assert "epochs" not in command(page)


def test_another_recipe_brings_its_own_settings(
    visit: Callable[..., AppTest],
) -> None:
    page = visit()
    field(page.number_input, "Epochs").set_value(3).run()
    field(page.selectbox, "Recipe").set_value("a-resnet50").run()
    assert field(calm(page).number_input, "Epochs").value == 20
    field(page.selectbox, "Model").set_value("vgg16").run()
    assert "--recipe a-resnet50 --model vgg16" in command(calm(page))


@pytest.mark.parametrize(
    "group", ["Network", "Augmentation", "Classes and loss", "Best and end", "Computing"]
)
def test_every_group_of_settings_opens(visit: Callable[..., AppTest], group: str) -> None:
    page = visit()
    page.session_state["train.group"] = group
    calm(page.run())
    assert len(page.number_input) + len(page.selectbox) + len(page.toggle) > 5


def test_what_would_fail_is_refused_with_one_click_that_helps(
    visit: Callable[..., AppTest],
) -> None:
    page = visit()
    field(page.number_input, "Batch size").set_value(1000).run()
    assert "more than the" in page.warning[0].value
    assert next(one for one in page.button if one.label == "Start").disabled
    pressed(page, next(one.label for one in page.button if one.label.startswith("Use a batch")))
    assert not page.warning
    assert not next(one for one in page.button if one.label == "Start").disabled


def test_what_it_will_take_stands_beside_the_button(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    asked: list[Draft] = []
    monkeypatch.setattr(estimate, "begin", asked.append)
    page = pressed(visit(), "Measure time and memory")
    assert asked[0].recipe == "d-four-class"
    found = Estimate(600, 20, 8, 2 * 10**9, 10**9, None, 1234, "processor")
    monkeypatch.setattr(estimate, "known", lambda _: found)
    text = said(calm(page.run()))
    assert "10 minutes" in text
    assert "2.0 GB" in text
    assert "more memory than is free" in page.warning[0].value


def test_a_certain_gpu_can_be_chosen_and_one_that_cannot_be_used_names_the_command(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    both = [Gpu(number, f"Card {number}", 80.0, 8.0, 0.25) for number in range(2)]
    monkeypatch.setattr(computing, "gpus", lambda: both)
    monkeypatch.setattr(devices, "gpus", lambda: both)
    page = visit()
    assert "Card 1" in said(page)
    assert "25% busy" in said(page)
    assert 'pip install "tensorflow[and-cuda]"' in [one.value for one in page.code]
    monkeypatch.setattr(devices, "_tensorflow_sees", lambda: True)
    page.pills[0].set_value(["Any free GPU", "GPU 1"]).run()
    assert page.pills[0].value == ["GPU 1"]
    assert 'devices=["gpu:1"]' in command(calm(page))
    assert not page.warning
    page.pills[0].set_value(["GPU 1", "Processor"]).run()
    assert page.pills[0].value == ["Processor"]
    assert "--set gpus=0" in command(calm(page))


def test_presets_are_offered_and_begun_from(visit: Callable[..., AppTest]) -> None:
    page = visit()
    presets.save("mine", launching.configure(wished()))
    pressed(page.run(), "mine")
    assert field(page.number_input, "Batch size").value == 4
    assert field(page.number_input, "Epochs").value == 3


def test_a_copy_of_a_run_whose_dataset_is_gone_asks_for_another(
    visit: Callable[..., AppTest], said: Say
) -> None:
    folder = queued(title="the first")
    page = visit(room="Runs", run=folder.id)
    pressed(page, "Copy with changes")
    assert f"A copy of run {folder.id}" in said(page)
    assert field(page.text_input, "Name of the run").value == "the first"
    data = open_prepared("small").path
    shutil.copytree(data, data.with_name("other"))
    info = (data.with_name("other") / "dataset.json").read_text()
    (data.with_name("other") / "dataset.json").write_text(info.replace('"small"', '"other"'))
    shutil.rmtree(data)
    calm(page.run())
    assert "not here any more" in page.warning[0].value
    field(page.selectbox, "Dataset").set_value("other").run()
    assert "--dataset other" in command(calm(page))


def test_the_queue_is_put_in_order_and_left_by_buttons(visit: Callable[..., AppTest]) -> None:
    first, second = queued(), queued()
    page = pressed(visit(room="Runs", run=second.id), "To the front")
    assert [folder.id for folder, _ in queue.waiting()] == [second.id, first.id]
    pressed(page, "Take out of the queue")
    assert second.status().state is RunState.STOPPED
    pressed(page, "Go on")
    assert [folder.id for folder, _ in queue.waiting()] == [first.id, second.id]


def test_a_run_is_stopped_politely_and_then_by_force(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    folder = queued()
    folder.write_status(
        RunStatus(RunState.RUNNING, process=this_process(), heartbeat=9e9, doing="Learning")
    )
    page = visit(room="Runs", run=folder.id)
    assert "learning" in said(page)
    pressed(page, "Stop")
    assert folder.status().state is RunState.STOPPING
    ended: list[str] = []
    monkeypatch.setattr(ending, "now", ended.append)
    pressed(page, "End it now")
    assert ended == [folder.id]


def test_why_a_run_failed_is_said_and_deleting_asks_first(visit: Callable[..., AppTest]) -> None:
    folder = queued()
    page = visit(room="Runs", run=folder.id)
    folder.write_status(RunStatus(RunState.FAILED, reason="The disk is full. Make room."))
    page.run()
    next(one for one in page.button if one.label == "Delete").click().run()
    assert [one.value for one in page.error] == ["The disk is full. Make room."]
    assert folder.path.exists()
    assert "Delete it" in [one.label for one in page.button]
    assert not page.exception


def test_a_configuration_is_what_the_widgets_say(visit: Callable[..., AppTest]) -> None:
    """Settings that no ordinary widget holds reach the run as they were typed."""
    page = visit()
    page.session_state["train.group"] = "Network"
    calm(page.run())
    field(page.text_input, "Dense layers").set_value("32, 16").run()
    page.session_state["train.group"] = "Classes and loss"
    calm(page.run())
    field(page.selectbox, "Class weights").set_value("one for each class").run()
    field(page.number_input, "Weight of malignant").set_value(3.0).run()
    pressed(page, "Start")
    config: TrainConfig = all_runs()[0].config()
    assert config.model.head.dense == (32, 16)
    assert isinstance(config.class_weights, dict)
    assert config.class_weights["malignant"] == 3.0
