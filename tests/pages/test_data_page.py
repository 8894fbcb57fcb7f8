"""Data answers what one feeds a model, computes only what is looked at, and breaks at nothing."""

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.__main__ import parser
from core.datasets.prepared import open_prepared
from core.domain.training import Augmentation
from core.services import augmentation_preview, background, copies_view, gallery, headers
from core.services.background import Errand
from core.services.copies_view import CopiesView

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., AppTest]
Say = Callable[[AppTest], str]
SECTIONS = (
    "Overview",
    "Images",
    "File headers",
    "Preprocessing",
    "Augmentation",
    "Split",
    "Leakage",
    "Shortcuts",
)


class Started:
    """Stands for background.start: what would have been begun."""

    def __init__(self) -> None:
        self.errands: list[tuple[Errand, ...]] = []

    def __call__(self, kind: str, about: str, title: str, errands: Any) -> None:
        self.errands.append(tuple(errands))

    @property
    def commands(self) -> list[str]:
        return [" ".join(errand.arguments) for errand in self.errands[-1]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    fake = Started()
    monkeypatch.setattr(background, "start", fake)
    return fake


@pytest.fixture
def same_pixels(monkeypatch: pytest.MonkeyPatch) -> list[Augmentation]:
    """The library that changes images takes seconds to start, so it is left out here."""
    asked: list[Augmentation] = []

    def variants(pixels: Any, config: Augmentation, count: int, seed: int = 0) -> list[Any]:
        asked.append(config)
        return [pixels] * count

    monkeypatch.setattr(augmentation_preview, "variants", variants)
    return asked


def opened(monkeypatch: pytest.MonkeyPatch, section: str = "", dataset: str = "") -> AppTest:
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()
    st.cache_data.clear()
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.switch_page("pages/4_Data.py")
    for name, value in (("section", section), ("dataset", dataset)):
        if value:
            app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def visit(phantom_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    def go(section: str = "", dataset: str = "") -> AppTest:
        return opened(monkeypatch, section, dataset)

    return go


@pytest.fixture
def nothing_yet(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return opened(monkeypatch)


def pressed(page: AppTest, label: str) -> AppTest:
    button = next(one for one in page.button if one.label == label)
    button.click().run()
    assert not page.exception
    return page


def mounted(page: AppTest, name: str) -> list[Any]:
    found = [element.proto for element in page.get("bidi_component")]
    return [json.loads(proto.json) for proto in found if proto.component_name == name]


def tiles(page: AppTest) -> list[Any]:
    (grid,) = mounted(page, "mammolens_gallery")
    return list(grid["items"])


def widget(kind: Any, label: str) -> Any:
    return next(one for one in kind if one.label == label)


def test_without_a_dataset_one_click_makes_one(
    nothing_yet: AppTest, said: Say, started: Started
) -> None:
    assert "No dataset is here yet" in said(nothing_yet)
    pressed(nothing_yet, "Make a phantom set")
    draw, prepare = started.commands
    assert draw.startswith("phantom --patients 40 --out ")
    assert prepare.startswith("prepare folder ")
    assert prepare.endswith("--name phantom")


def test_the_question_is_answered_in_a_sentence(visit: Open, said: Say) -> None:
    text = said(visit())
    assert "<strong>16 images of 4 patients</strong>" in text
    assert "64\u00a0×\u00a064 pixels" in text


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens(visit: Open, section: str, same_pixels: Any) -> None:
    page = visit(section)
    assert not page.error
    assert page.session_state["section"] == section


def test_only_the_open_section_is_computed(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("a hidden section was computed")

    monkeypatch.setattr(gallery, "find", forbidden)
    monkeypatch.setattr(headers, "sample", forbidden)
    monkeypatch.setattr(augmentation_preview, "image", forbidden)
    assert not visit("Overview").error


@pytest.mark.parametrize("section", SECTIONS)
def test_what_the_page_does_the_command_line_can(
    visit: Open, section: str, same_pixels: Any
) -> None:
    lines = [line for code in visit(section).code for line in code.value.splitlines()]
    assert lines
    for line in lines:
        python, dash, core, command, *words = shlex.split(line)
        assert (python, dash, core) == ("python", "-m", "core")
        parser(command).parse_args([command, *words])


def test_filters_narrow_the_gallery(visit: Open, said: Say) -> None:
    page = visit("Images")
    assert len(tiles(page)) == 16
    widget(page.multiselect, "View").select("CC").run()
    assert len(tiles(page)) == 8
    assert all("CC" in item["facts"] for item in tiles(page))
    widget(page.text_input, "Image or patient").input("nobody").run()
    assert "No image is like that" in said(page)
    assert not mounted(page, "mammolens_gallery")


def test_findings_are_drawn_unless_switched_off(visit: Open) -> None:
    page = visit("Images")
    drawn = {item["kind"] for item in tiles(page) if item["rings"]}
    assert drawn
    assert "Normal" not in drawn
    widget(page.toggle, "Draw the findings").set_value(False).run()
    assert not any(item["rings"] for item in tiles(page))


def test_pages_of_the_gallery_are_turned_and_begin_anew_with_a_filter(
    visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.data import gallery as section

    monkeypatch.setattr(section, "PER_PAGE", dict.fromkeys(section.SIZES, 6))
    page = visit("Images")
    first = [item["row"] for item in tiles(page)]
    pressed(page, "Next page")
    pressed(page, "Next page")
    assert [item["row"] for item in tiles(page)] == [12, 13, 14, 15]
    assert first == [0, 1, 2, 3, 4, 5]
    widget(page.multiselect, "View").select("MLO").run()
    assert widget(page.number_input, "Page").value == 1
    assert len(tiles(page)) == 6


def test_headers_are_counted_and_name_nobody(visit: Open, said: Say) -> None:
    page = visit("File headers")
    assert "all 16 images" in said(page)
    facts = set(page.dataframe[0].value["Fact"])
    assert {"Modality", "Photometric", "Tube voltage (kV)"} <= facts
    assert not {fact for fact in facts if "name" in fact.lower() or "date" in fact.lower()}


def test_files_that_are_gone_are_said_and_do_not_break_the_page(
    visit: Open, phantom_workspace: Path
) -> None:
    file = phantom_workspace / "datasets" / "small" / "dataset.json"
    document = json.loads(file.read_text())
    document["options"]["sources"][0]["root"] = "/gone"
    file.write_text(json.dumps(document))
    for section in ("File headers", "Preprocessing"):
        page = visit(section)
        assert any("/gone" in one.value for one in page.warning)


def test_the_bench_has_a_widget_for_every_parameter(visit: Open) -> None:
    page = visit("Preprocessing")
    labels = {one.label for kind in ("slider", "toggle", "selectbox") for one in page.get(kind)}
    assert {"Margin", "Percent that become black", "Interpolation", "Place down"} <= labels


def steps(page: AppTest) -> list[str]:
    """Titles of the steps on the bench, in their order."""
    return [one.label.strip("*") for one in page.toggle if one.label.startswith("**")]


def test_a_step_that_is_switched_off_is_left_out(visit: Open, said: Say) -> None:
    page = visit("Preprocessing")
    count = said(page).count("Before, ")
    assert count == len(steps(page))
    next(one for one in page.toggle if "Crop to the breast" in one.label).set_value(False).run()
    assert said(page).count("Before, ") == count - 1
    assert len(steps(page)) == count


def test_steps_are_added_moved_and_taken_away(visit: Open) -> None:
    page = visit("Preprocessing")
    before = steps(page)
    pressed(page, "Move down")
    assert steps(page)[1].endswith(before[0].partition(". ")[2])
    widget(page.selectbox, "Another step").set_value("clahe").run()
    pressed(page, "Add this step")
    assert steps(page)[-1].endswith("Local contrast (CLAHE)")
    pressed(page, "Take Local contrast (CLAHE) away")
    assert len(steps(page)) == len(before)


def test_a_preprocessing_is_kept_and_used(
    visit: Open, phantom_workspace: Path, tmp_path: Path
) -> None:
    page = visit("Preprocessing")
    widget(page.slider, "Margin").set_value(0.2).run()
    widget(page.text_input, "Keep it under the name").input("mine").run()
    pressed(page, "Prepare with it")
    kept = json.loads((phantom_workspace / "specs" / "mine.json").read_text())
    crop = next(step for step in kept["steps"] if step["step"] == "crop_breast")
    assert crop["params"] == {"margin": 0.2}
    assert [one.value for one in page.header] == ["Add a dataset"]
    root = open_prepared("small").info.root
    widget(page.text_input, "Path of the folder, or of a manifest's table").input(root).run()
    assert widget(page.selectbox, "Preprocessing").value == "mine"


def test_the_program_s_own_preprocessing_is_not_overwritten(visit: Open) -> None:
    page = visit("Preprocessing")
    widget(page.text_input, "Keep it under the name").input("reading-room").run()
    pressed(page, "Keep it")
    assert "comes with the program" in page.error[0].value


def test_sliders_say_how_images_are_changed(visit: Open, same_pixels: list[Augmentation]) -> None:
    page = visit("Augmentation")
    widget(page.slider, "Rotation in degrees").set_value(45.0).run()
    assert same_pixels[-1].rotation == 45
    widget(page.selectbox, "Begin with the recipe").set_value("none").run()
    assert "Nothing is changed" in page.info[0].value
    assert "train --dataset small" in page.code[0].value


def test_a_split_is_weighed_and_kept_under_a_new_name(visit: Open, said: Say) -> None:
    page = visit("Split")
    widget(page.selectbox, "Split").set_value("A new one").run()
    widget(page.slider, "Test").set_value(25).run()
    assert "No patient is on two sides." in said(page)
    widget(page.text_input, "Keep this split under the name").input("quarter").run()
    pressed(page, "Keep it")
    dataset = open_prepared("small")
    assert "quarter" in dataset.split_names()
    parts = pd.Series(dataset.split("quarter").to_numpy())
    assert parts.groupby(dataset.index["patient_id"]).nunique().max() == 1


def test_a_kept_split_is_never_overwritten(visit: Open) -> None:
    page = visit("Split")
    before = open_prepared("small").split("default").tolist()
    widget(page.selectbox, "Split").set_value("A new one").run()
    widget(page.number_input, "Seed").set_value(7).run()
    widget(page.text_input, "Keep this split under the name").input("default").run()
    pressed(page, "Keep it")
    assert "There is a split 'default' already" in page.error[0].value
    assert open_prepared("small").split("default").tolist() == before


def test_shares_that_cannot_be_are_refused_in_words(visit: Open) -> None:
    page = visit("Split")
    widget(page.selectbox, "Split").set_value("A new one").run()
    widget(page.slider, "Test").set_value(60).run()
    widget(page.slider, "Validation").set_value(40).run()
    assert "training not being 0" in page.error[0].value


def test_the_search_for_copies_is_offered(visit: Open, started: Started) -> None:
    pressed(visit("Leakage"), "Look for copies")
    assert started.commands == ["leakage small --split default"]


def test_copies_on_several_sides_are_shown_as_pairs(
    visit: Open, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = {"one": 0, "other": 5, "mirrored": True, "agreement": 0.9, "one_part": "train"}
    pair |= {"other_part": "test", "across": True, "same_patient": False}
    torn = [{"kind": "copies", "images": ["a", "b"], "patients": ["p", "q"], "parts": []}]
    found = CopiesView(pd.DataFrame([pair]), 1, torn)
    monkeypatch.setattr(copies_view, "searched", lambda _: True)
    monkeypatch.setattr(copies_view, "view", lambda *_: found)
    page = visit("Leakage")
    assert "1 group of copies lies on several sides" in page.error[0].value
    names = open_prepared("small").index["image_id"]
    text = said(page)
    assert f"Training: {names[0]}" in text
    assert f"Test: {names[5]}" in text
    assert "one is mirrored, two different patients" in text
    pressed(page, "Make a split that keeps them together")
    assert page.session_state["section"] == "Split"


def test_facts_that_give_the_class_away_are_named(visit: Open, phantom_workspace: Path) -> None:
    area = {"value": 0.93, "low": 0.9, "high": 0.96, "n": 16}
    machine = {"name": "machine", "title": "Machine", "auc": area, "note": "tells normal from"}
    source = {"name": "source", "title": "Source", "auc": None, "note": "the same for every case"}
    document = {"images": 16, "patients": 4, "shortcuts": [machine, source], "telling": ["machine"]}
    file = phantom_workspace / "datasets" / "small" / "shortcuts.json"
    file.write_text(json.dumps(document))
    page = visit("Shortcuts")
    assert "A model may learn this instead of the tissue: machine." in page.warning[0].value


def test_a_large_set_is_measured_in_the_background(
    visit: Open, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.data import shortcuts

    monkeypatch.setattr(shortcuts, "AT_ONCE", 10)
    pressed(visit("Shortcuts"), "Measure the shortcuts")
    assert started.commands == ["shortcuts small"]


def add(visit: Open, path: str) -> AppTest:
    page = pressed(visit(), "Add a dataset")
    widget(page.text_input, "Path of the folder, or of a manifest's table").input(path).run()
    assert not page.exception
    return page


def test_a_folder_is_recognised_and_prepared(visit: Open, started: Started) -> None:
    root = open_prepared("small").info.root
    page = add(visit, root)
    assert widget(page.selectbox, "Layout").value == "folder"
    widget(page.text_input, "Name of the dataset").input("again").run()
    widget(page.multiselect, "Views").select("MLO").run()
    pressed(page, "Prepare the dataset")
    words = started.commands[0]
    assert words.startswith(f"prepare folder {root} ")
    assert "--view MLO" in words
    assert words.endswith("--name again")


def test_a_recipe_decides_for_the_form(visit: Open, started: Started) -> None:
    page = add(visit, open_prepared("small").info.root)
    widget(page.selectbox, "As a recipe wants it").set_value("d-four-class").run()
    pressed(page, "Prepare the dataset")
    assert "--recipe d-four-class" in started.commands[0]
    assert "--task" not in started.commands[0]


@pytest.mark.parametrize(
    "path", ["/no/such/folder", "\x00", "relative/nowhere", "~no-such-user/x", "x" * 5000]
)
def test_a_path_that_is_not_there_is_said(visit: Open, path: str) -> None:
    assert "There is no folder" in add(visit, path).error[0].value


def test_a_folder_of_no_known_layout_asks_for_one(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    page = add(visit, str(tmp_path / "letters"))
    assert "none of the known layouts" in page.warning[0].value
    assert not [one for one in page.button if one.label == "Prepare the dataset"]


def test_a_name_that_is_taken_is_refused(visit: Open) -> None:
    page = add(visit, open_prepared("small").info.root)
    widget(page.text_input, "Name of the dataset").input("small").run()
    pressed(page, "Prepare the dataset")
    assert "There is a dataset 'small' already" in page.error[0].value


def test_an_unfinished_dataset_can_go_on_or_be_deleted(
    visit: Open, said: Say, phantom_workspace: Path
) -> None:
    half = phantom_workspace / "datasets" / "half"
    half.mkdir()
    state = {"state": "stopped", "done": 3, "total": 9, "message": "Stopped."}
    (half / "progress.json").write_text(json.dumps(state))
    page = visit()
    assert "**half** is stopped. 3 images done so far." in said(page)
    pressed(page, "Go on")
    assert "is not known any more" in page.error[0].value
    pressed(page, "Delete")
    assert not half.exists()


def test_a_damaged_dataset_takes_no_other_with_it(visit: Open, phantom_workspace: Path) -> None:
    odd = phantom_workspace / "datasets" / "odd"
    odd.mkdir()
    (odd / "dataset.json").write_text("{")
    page = visit()
    assert page.session_state["dataset"] == "small"
    assert not page.error


def test_a_set_about_which_little_is_known_still_has_a_page(
    visit: Open, phantom_workspace: Path, same_pixels: Any
) -> None:
    """Every optional fact is missing, as in an array of images with labels."""
    folder = phantom_workspace / "datasets" / "small"
    index = pd.read_parquet(folder / "index.parquet")
    for name in ("laterality", "view", "density", "birads", "machine", "site", "label"):
        index[name] = pd.Series([None] * len(index), dtype="str")
    index["age"], index["implant"] = np.nan, pd.Series([None] * len(index), dtype="object")
    index["findings"], index["part"] = "[]", np.arange(float(len(index)))
    index.to_parquet(folder / "index.parquet", index=False)
    for section in SECTIONS:
        page = visit(section)
        assert not page.error, section


def test_the_dataset_of_a_link_is_opened(visit: Open, phantom_workspace: Path) -> None:
    datasets = phantom_workspace / "datasets"
    shutil.copytree(datasets / "small", datasets / "another")
    file = datasets / "another" / "dataset.json"
    file.write_text(file.read_text().replace('"name": "small"', '"name": "another"'))
    assert visit().session_state["dataset"] == "another"
    assert visit(dataset="small").session_state["dataset"] == "small"
    assert visit(dataset="nowhere").session_state["dataset"] == "another"
