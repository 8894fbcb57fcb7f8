"""Diagnose shows the image at once, answers in plain words, and survives what people do."""

import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.card import Interval
from core.domain.images import ImageFacts
from core.domain.prediction import Fitness, FitnessReport, Heatmap
from core.errors import ImageError
from core.services import diagnose, exam_reading, feedback, heatmaps, shelf
from core.services.gathering import Item
from core.services.sureness import Sureness

Say = Callable[[AppTest], str]


@pytest.fixture
def page(app: AppTest) -> AppTest:
    app.run()
    app.switch_page("pages/1_Diagnose.py").run()
    assert not app.exception
    return app


def analyse(page: AppTest) -> AppTest:
    page.button(key="case.analyse").click().run()
    assert not page.exception
    return page


def mounted(page: AppTest, name: str) -> list[Any]:
    """The data of each mount of one of our browser components."""
    found = [e.proto for e in page.get("bidi_component")]
    return [proto for proto in found if proto.component_name == name]


def test_the_image_is_shown_before_anything_is_asked(page: AppTest, services: Any) -> None:
    assert len(mounted(page, "mammolens_viewer")) == 1
    assert services.asked == []


def test_the_answer_is_said_in_plain_words_with_its_probability(page: AppTest, said: Say) -> None:
    text = said(analyse(page))
    assert "Malignant, 87.3%" in text
    assert "The model sees a finding that looks like cancer." in text


def test_an_answer_below_even_odds_is_called_unsure(
    page: AppTest, services: Any, said: Say
) -> None:
    assert "The model is unsure" not in said(analyse(page))
    services.chance = 0.41
    assert "The model is unsure" in said(analyse(page))


def test_every_class_is_explained_at_the_bars(page: AppTest, said: Say) -> None:
    text = said(analyse(page))
    assert "**Normal.** The model sees nothing." in text
    assert "**Malignant.** The model sees a finding that looks like cancer." in text


def test_the_bars_come_with_the_decision_line_explained(page: AppTest, said: Say) -> None:
    analyse(page)
    assert page.get("plotly_chart")
    assert "answers malignant when its probability reaches 35.0%" in said(page)


def test_it_says_how_steady_the_answer_is(page: AppTest, services: Any, said: Say) -> None:
    assert "**Steady.** All 9 slightly changed copies" in said(analyse(page))
    assert "81.0% to 90.0% for malignant" in said(page)
    services.steadiness, services.chance = Sureness(0.3, 0.9, 5, 9), 0.6
    page.selectbox(key="case.sample").set_value("quiet").run()
    assert "**Not steady.** 5 of 9" in said(analyse(page))


def test_it_says_how_far_several_networks_agree(page: AppTest, services: Any, said: Say) -> None:
    services.members = (0.81, 0.86, 0.9)
    text = said(analyse(page))
    assert "**The networks agree.** 3 networks, trained on different patients, answer" in text
    assert "between 81.0% and 90.0% for malignant" in text
    assert "The model is unsure" not in text
    services.members = (0.31, 0.86, 0.9)
    page.selectbox(key="case.sample").set_value("quiet").run()
    text = said(analyse(page))
    assert "**The networks disagree.**" in text
    assert "2 of them would give this answer alone" in text
    assert "The model is unsure</strong>: its networks disagree." in text
    assert "Only 2 of its 3 networks would give this answer alone." in text
    services.members = (0.5, 0.86, 0.9)
    page.selectbox(key="case.sample").set_value("spot").run()
    text = said(analyse(page))
    assert "**Same answer, different strength.**" in text
    assert "with very different strength" in text


def test_two_models_answer_side_by_side(page: AppTest, services: Any, said: Say) -> None:
    analyse(page)
    assert not page.multiselect
    first = services.bundles[0]
    card = replace(first.card, title="Another network")
    services.bundles.append(replace(first, name="other", card=card))
    page.run()
    page.multiselect(key="compare.others").set_value(["other"]).run()
    page.button(key="compare.ask_others").click().run()
    assert "The models agree" in said(page)
    assert len(page.get("plotly_chart")) == 3


def test_the_result_can_be_taken_away(page: AppTest) -> None:
    analyse(page)
    offered = [button.proto.label for button in page.get("download_button")]
    assert offered == ["Picture (PNG)", "Report (PDF)", "Numbers (JSON)"]


def test_a_sample_tells_afterwards_what_was_really_drawn(page: AppTest, said: Say) -> None:
    assert "was drawn as" not in said(page)
    assert "drawn as **malignant**: a mass (irregular); the answer is right" in said(analyse(page))


def test_another_sample_takes_the_old_answer_away(page: AppTest, said: Say) -> None:
    analyse(page)
    page.selectbox(key="case.sample").set_value("quiet").run()
    assert "87.3%" not in said(page)
    assert "Press **Analyse**" in said(page)
    page.selectbox(key="case.sample").set_value("spot").run()
    assert "Malignant, 87.3%" in said(page)


def test_the_answer_is_still_there_after_a_visit_to_another_page(page: AppTest, said: Say) -> None:
    page.selectbox(key="case.sample").set_value("quiet").run()
    analyse(page)
    page.switch_page("streamlit_app.py").run()
    page.switch_page("pages/1_Diagnose.py").run()
    assert page.selectbox(key="case.sample").value == "quiet"
    assert "Malignant, 87.3%" in said(page)


def test_moving_the_opacity_slider_asks_the_model_nothing(page: AppTest, services: Any) -> None:
    analyse(page)
    page.slider(key="viewer.opacity").set_value(80).run()
    assert services.asked == [None]
    (look,) = mounted(page, "mammolens_look")
    assert '"opacity": 0.8' in look.json


def test_the_colour_bar_says_what_its_ends_mean(page: AppTest, said: Say) -> None:
    text = said(analyse(page))
    assert "low" in text
    assert "high: the regions that spoke most for Malignant" in text


def test_the_heatmap_can_speak_for_another_class(page: AppTest, services: Any, said: Say) -> None:
    analyse(page)
    page.selectbox(key="viewer.target").set_value("normal").run()
    assert services.asked == [None, "normal"]
    assert "spoke most for Normal" in said(page)
    assert "Malignant, 87.3%" in said(page)


def test_another_method_is_drawn_behind_the_page(
    page: AppTest, services: Any, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def draw(mammogram: Any, model: str, **wanted: Any) -> Heatmap:
        asked.append((wanted["method"], wanted["target"]))
        return Heatmap("layer-cam", wanted["target"], "last", mammogram.pixels, 1.0)

    monkeypatch.setattr(heatmaps, "draw", draw)
    analyse(page)
    page.selectbox(key="viewer.method").set_value("layer-cam").run()
    assert asked == [("layer-cam", "malignant")]
    assert page.selectbox(key="viewer.method").value == "layer-cam"
    assert "finer outlines" in said(page)
    assert "Malignant, 87.3%" in said(page)
    page.selectbox(key="viewer.target").set_value("normal").run()
    assert asked[-1] == ("layer-cam", "normal")


def test_a_slow_method_shows_how_far_it_is_and_can_be_stopped(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def draw(*_: Any, progress: Any, **__: Any) -> Heatmap:
        try:
            while True:
                progress(0.25)
                time.sleep(0.01)
        finally:
            ended.set()

    monkeypatch.setattr(heatmaps, "draw", draw)
    analyse(page)
    page.selectbox(key="viewer.method").set_value("score-cam").run()
    assert "Drawing by Score-CAM" in page.get("progress")[0].proto.text
    page.button(key="viewer.stop").click().run()
    assert ended.wait(5)
    assert not page.get("progress")
    assert page.selectbox(key="viewer.method").value == "grad-cam"


def test_hot_regions_are_framed_with_their_sizes(page: AppTest, said: Say) -> None:
    analyse(page)
    page.toggle(key="viewer.boxes").set_value(True).run()
    assert '"boxes": [{"left": 30, "top": 40, "width": 40, "height": 40' in (
        mounted(page, "mammolens_look")[0].json
    )
    assert "Region 1: 40 × 40 pixels" in said(page)


def test_the_brightness_can_be_narrowed(page: AppTest, services: Any) -> None:
    analyse(page)
    page.slider(key="viewer.window").set_value((20, 80)).run()
    assert '"window": [0.2, 0.8]' in mounted(page, "mammolens_look")[0].json
    assert services.asked == [None]


def test_where_nothing_spoke_for_the_class_it_says_so_and_draws_nothing(
    page: AppTest, services: Any, said: Say
) -> None:
    services.raw_max = 0.0
    assert "No region of this image spoke for Malignant" in said(analyse(page))
    assert '"heat": null' in mounted(page, "mammolens_viewer")[0].json
    assert "low</span>" not in said(page)


def test_an_unfit_image_gets_reasons_and_no_answer(page: AppTest, services: Any, said: Say) -> None:
    services.fitness = FitnessReport(Fitness.UNFIT, ("This is a colour picture.",))
    text = said(analyse(page))
    assert "No answer" in text
    assert "This is a colour picture." in text
    assert "%" not in page.main.children[1].value
    assert not page.get("plotly_chart")


def test_a_doubtful_image_is_answered_under_a_warning(
    page: AppTest, services: Any, said: Say
) -> None:
    services.fitness = FitnessReport(Fitness.DOUBTFUL, ("There is no dark background.",))
    analyse(page)
    assert "There is no dark background." in page.warning[0].value
    assert "Malignant, 87.3%" in said(page)


def test_a_model_that_cannot_answer_leaves_the_image_and_a_sentence(
    page: AppTest, services: Any
) -> None:
    services.fault = ImageError("The image is too small. Choose another one.")
    analyse(page)
    assert page.error[0].value == "The image is too small. Choose another one."
    assert mounted(page, "mammolens_viewer")


def test_an_image_of_ones_own_is_shown_and_analysed(page: AppTest, said: Say) -> None:
    upload(page, "own.dcm", b"image 1")
    assert "**own.dcm** is on the screen" in said(page)
    assert "Malignant, 87.3%" in said(analyse(page))
    assert "was drawn as" not in said(page)


def test_a_model_of_synthetic_images_says_so_before_it_answers_about_a_real_one(
    page: AppTest,
) -> None:
    upload(page, "own.dcm", b"image 1")
    analyse(page)
    assert "only ever seen synthetic images" in page.warning[0].value
    page.get("button_group")[0].set_value("A sample case").run()
    assert not analyse(page).warning


def test_a_bad_file_is_refused_in_a_sentence_and_takes_nothing_away(
    page: AppTest, said: Say
) -> None:
    upload(page, "own.dcm", b"image 1")
    analyse(page)
    upload(page, "notes.txt", b"text")
    assert "notes.txt is not an image" in page.error[0].value
    assert "own.dcm, is still here" in page.error[0].value
    assert "Malignant, 87.3%" in said(page)


def test_before_a_file_is_chosen_there_is_nothing_to_analyse(page: AppTest) -> None:
    page.get("button_group")[0].set_value("My own image").run()
    assert page.button(key="case.analyse").disabled
    assert not page.exception


def test_without_a_model_the_image_is_still_shown(app: AppTest, services: Any) -> None:
    services.bundles = []
    app.run()
    app.switch_page("pages/1_Diagnose.py").run()
    assert not app.exception
    assert app.button(key="case.analyse").disabled
    assert mounted(app, "mammolens_viewer")


def upload(page: AppTest, name: str, data: bytes) -> None:
    page.get("button_group")[0].set_value("My own image").run()
    page.get("file_uploader")[0].set_value((name, data, "application/octet-stream")).run()
    assert not page.exception


@pytest.fixture
def many(page: AppTest, tmp_path: Path) -> AppTest:
    """A zip of three images and a text, read to its end."""
    with zipfile.ZipFile(tmp_path / "exams.zip", "w") as file:
        for name, data in (("a.png", "image a"), ("b.png", "image b"), ("c.txt", "text")):
            file.writestr(name, data)
    page.get("button_group")[0].set_value("Many images").run()
    assert "sorts many images by suspicion" in page.info[0].value
    page.get("button_group")[1].set_value("A folder or zip on the server").run()
    page.text_input(key="worklist.path").set_value(str(tmp_path / "exams.zip")).run()
    page.button(key="worklist.start").click().run()
    page.session_state["mammolens.worklist"].task.wait(10)
    page.run()
    assert not page.exception
    return page


def test_many_images_become_a_table_sorted_by_suspicion(many: AppTest, said: Say) -> None:
    table = many.dataframe[0].value
    assert list(table["Answer"]) == ["Malignant", "Malignant", "no answer"]
    assert list(table["Suspicion"][:2]) == pytest.approx([0.873, 0.873])
    assert "is not an image" in table["Note"][2]
    assert table[""][0].startswith("data:image/jpeg")
    assert "Read 3 of 3 images; 1 file could not be read." in said(many)


def test_the_table_can_be_narrowed(many: AppTest) -> None:
    many.multiselect(key="worklist.answers").set_value(["Malignant"]).run()
    assert len(many.dataframe[0].value) == 2
    many.multiselect(key="worklist.states").set_value(["unreadable"]).run()
    assert not many.dataframe


def test_the_tick_stays_with_its_file_when_others_come_above(many: AppTest) -> None:
    found = many.session_state["mammolens.worklist"]
    second = found.sorted()[1]
    many.session_state["worklist.chosen"] = second.item
    many.run()
    assert many.session_state["worklist.rows"]["selection"]["rows"] == [1]
    found.rows.append(replace(second, item=Item("new", bytes), suspicion=0.99))
    many.run()
    assert many.session_state["worklist.rows"]["selection"]["rows"] == [2]
    many.multiselect(key="worklist.states").set_value(["unreadable"]).run()
    many.multiselect(key="worklist.states").set_value([]).run()
    assert many.session_state["worklist.rows"]["selection"]["rows"] == [2]


def put(page: AppTest, name: str, data: bytes) -> None:
    """As the browser does, past the page."""
    arrival = page.session_state["mammolens.tray"].tray.receive(name, name, len(data))
    arrival.write(data)
    arrival.done()


def test_files_sent_one_by_one_are_read_and_later_ones_added(page: AppTest, said: Say) -> None:
    page.get("button_group")[0].set_value("Many images").run()
    (control,) = mounted(page, "mammolens_many_files")
    assert page.session_state["mammolens.tray"].tray.key in control.json
    for name in ("a", "b"):
        put(page, name, b"image " + name.encode())
    page.run()
    for count, more in ((2, "c"), (3, None)):
        page.button(key="worklist.read").click().run()
        assert not page.exception
        page.session_state["mammolens.worklist"].task.wait(10)
        page.run()
        assert f"Read {count} of {count} images" in said(page)
        assert not [one for one in page.button if one.key == "worklist.read"]
        if more:
            put(page, more, b"image c")
            page.run()
    shelf.end()


def test_a_path_that_is_not_there_is_named(page: AppTest) -> None:
    page.get("button_group")[0].set_value("Many images").run()
    page.get("button_group")[1].set_value("A folder or zip on the server").run()
    page.text_input(key="worklist.path").set_value("/nowhere/at/all").run()
    page.button(key="worklist.start").click().run()
    assert "no folder or file '/nowhere/at/all'" in page.error[0].value


def test_an_opinion_is_kept_with_a_hash_and_no_name(page: AppTest, said: Say) -> None:
    upload(page, "Jane Doe.dcm", b"image 1")
    analyse(page)
    key = next(box.key for box in page.checkbox if box.key.endswith(".doubtful"))
    part = key.removesuffix(".doubtful")
    page.checkbox(key=key).check()
    page.text_area(key=f"{part}.comment").set_value("Right beside it.")
    next(b for b in page.button if b.label == "Send").click().run()
    assert "Thank you" in page.success[0].value
    (kept,) = feedback.every()
    assert (kept["model"], kept["label"], kept["doubtful"]) == ("small", "malignant", True)
    assert kept["comment"] == "Right beside it."
    assert len(kept["image"]) == 32
    assert b"Jane" not in feedback.file().read_bytes()


def test_a_case_of_low_confidence_is_flagged_by_itself(page: AppTest, services: Any) -> None:
    assert not any("second look" in w.value for w in analyse(page).warning)
    services.chance = 0.36
    page.selectbox(key="case.sample").set_value("quiet").run()
    text = next(w.value for w in analyse(page).warning if "second look" in w.value)
    assert "less than even odds" in text
    assert "close to the decision line" in text
    assert next(box for box in page.checkbox if box.key.endswith(".doubtful")).value


def test_a_link_leads_through_cases_one_task_a_screen(
    app: AppTest, services: Any, said: Say
) -> None:
    app.query_params["guided"] = "quiet"
    app.run()
    app.switch_page("pages/1_Diagnose.py").run()
    assert [button.key for button in app.button] == ["guided.begin"]
    app.button(key="guided.begin").click().run()
    assert "Look at the image" in said(app)
    assert services.asked == []
    app.button(key="guided.next").click().run()
    assert "Malignant, 87.3%" in said(app)
    app.button(key="guided.next").click().run()
    assert not app.selectbox
    next(b for b in app.button if b.label == "Send and go on").click().run()
    assert "Thank you" in said(app)
    assert not app.exception
    assert len(feedback.every()) == 1


def test_an_exam_is_read_view_by_view_and_answered_by_breast(
    page: AppTest, services: Any, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tuple((f"{name}.png", f"image {name}".encode()) for name in ("l_cc", "l_mlo", "r_cc"))
    monkeypatch.setattr(exam_reading, "sample_exam", lambda: files)
    nameless = replace(services.preview(b"image", ""), facts=ImageFacts("PNG", 192, 160, 8))
    monkeypatch.setattr(diagnose, "preview", lambda data, name: nameless)
    page.get("button_group")[0].set_value("An exam").run()
    assert "usually four images" in page.info[0].value
    page.button(key="exam.sample").click().run()
    page.button(key="exam.read").click().run()
    assert not page.exception
    assert services.asked == [None] * 3
    text = said(page)
    assert "The exam: Malignant" in text
    assert "Left breast: Malignant, 87.3% (2 views)" in text
    assert "Right breast: Malignant, 87.3% (1 view)" in text
    assert "Not in this exam, though usual: right MLO." in text
    assert mounted(page, "mammolens_viewer")


def test_how_good_the_model_is_stands_beside_its_answer_and_what_age_alone_reaches(
    page: AppTest, services: Any
) -> None:
    first = services.bundles[0]
    auc, age = Interval(0.612, 0.569, 0.652, 1976), Interval(0.623, 0.579, 0.667, 1976)
    card = replace(first.card, metrics={"auc": auc}, baselines={"age": age})
    services.bundles[0] = replace(first, card=card)
    page.button(key="case.analyse").click().run()
    said = next(one for one in page.markdown if "How good this model is" in one.value)
    assert "61 times in 100" in said.value
    assert "between 57 and 65" in said.value
    assert "nothing but the age does so 62 times" in said.value
