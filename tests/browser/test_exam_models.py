"""A model of whole exams, asked by a visitor in a real browser, on a phone and in the dark."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module", autouse=True)
def published(exam_model_master: Path, server_workspace: Path) -> None:
    shutil.copytree(exam_model_master, server_workspace / "models" / "visits")


def test_views_are_read_together_and_each_shows_where(
    open_page: Open, keep: Keep, views_of_a_patient: dict[str, bytes]
) -> None:
    page = open_page("/Diagnose", width=390, height=844, scheme="dark")
    page.get_by_role("radio", name="An exam").click()
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="reads whole exams").click()
    sent = [
        {"name": name, "mimeType": "application/dicom", "buffer": data}
        for name, data in views_of_a_patient.items()
    ]
    page.set_input_files("input[type=file]", files=sent)
    page.locator("summary", has_text="not known: breast density").click()
    page.get_by_role("button", name="Read the exam").click()
    expect(page.get_by_text("The model's answer for the whole exam")).to_be_visible()
    expect(page.get_by_text("Left breast:")).to_be_visible()
    expect(page.get_by_text("Not known to it: density.")).to_be_visible()
    page.get_by_role("radio", name="left MLO").click()
    expect(page.get_by_text("in the left breast.")).to_be_visible()
    assert page.evaluate(OVERFLOW) <= 0
    keep(page, "exam-model-phone")


def test_a_worklist_reads_views_of_one_patient_together(
    open_page: Open, keep: Keep, views_of_a_patient: dict[str, bytes]
) -> None:
    page = open_page("/Diagnose")
    page.get_by_role("radio", name="Many images").click()
    page.get_by_text("A worklist sorts many images").wait_for()
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="reads whole exams").click()
    page.get_by_text("name the same patient in their headers").wait_for()
    sent = [
        {"name": name, "mimeType": "application/dicom", "buffer": data}
        for name, data in views_of_a_patient.items()
    ]
    page.set_input_files("input.files", files=sent)
    expect(page.get_by_text("Read 4 of 4 images.")).to_be_visible()
    page.locator(".stDataFrameGlideDataEditor").first.click(position={"x": 18, "y": 67})
    expect(page.get_by_text("The model's answer for the whole exam")).to_be_visible()
    expect(page.locator("p", has_text="Left breast:")).to_contain_text("2 views")
    expect(page.locator(".viewer[data-state=ready]")).to_be_visible()
    assert page.evaluate(OVERFLOW) <= 0
    keep(page, "exam-model-worklist")
