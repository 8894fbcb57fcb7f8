"""Upload, worklist, exam and user test as a visitor goes through them, in a real browser."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import JSHandle, Page, expect

from core.services import samples

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Keep = Callable[[Page, str], None]
OVERFLOW = """
() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return Math.max(main.scrollWidth - main.clientWidth, document.body.scrollWidth - innerWidth);
}
"""


def file(name: str, data: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for sample in ("case-b", "case-a"):
            archive.writestr(f"{sample}.dcm", samples.open_sample(sample).data)
        archive.writestr("notes.txt", "not an image " * 40)
    return made.getvalue()


def test_an_upload_is_answered_and_explained_by_another_method(open_page: Open) -> None:
    # Tall, because a list of choices closes when the page scrolls.
    page = open_page("/Diagnose", height=1800)
    page.get_by_role("radio", name="My own image").click()
    # Files of people go to the model that has seen people; this one is of the samples' world.
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="Four-class network on phantoms").click()
    upload = file("own.dcm", samples.open_sample("case-a").data)
    page.set_input_files("input[type=file]", files=[upload])
    expect(page.locator(".viewer[data-state=ready]")).to_be_visible()
    page.get_by_role("button", name="Analyse").click()
    expect(page.locator(".answer .verdict")).to_contain_text("Malignant")
    expect(page.get_by_text("slightly changed copies")).to_be_visible()
    page.get_by_role("combobox", name="Drawn by").fill("Layer")
    page.get_by_role("option", name="Layer-CAM").click()
    expect(page.get_by_text("finer outlines")).to_be_visible()
    # While the page is drawn anew on a busy machine, the switch is there twice for a moment.
    expect(page.get_by_text("Frame the hottest regions")).to_have_count(1)
    page.get_by_text("Frame the hottest regions").click()
    expect(page.get_by_text("Region 1:")).to_contain_text("mm")
    page.get_by_text("Take away", exact=True).click()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Report (PDF)").click()
    assert begun.value.path().read_bytes().startswith(b"%PDF")


def test_a_worklist_on_a_phone_fits_and_sorts(
    open_page: Open, keep: Keep, server_workspace: Path
) -> None:
    page = open_page("/Diagnose", width=390, height=844, scheme="dark")
    page.get_by_role("radio", name="Many images").click()
    page.set_input_files("input.files", files=[file("exams.zip", zipped())])
    expect(page.get_by_text("Read 3 of 3 images; 1 file could not be read.")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert page.evaluate(OVERFLOW) <= 0
    keep(page, "worklist-phone")
    page.dispatch_event(".zone", "drop", {"dataTransfer": dropped(page, 30)})
    expect(page.get_by_text("Read 33 of 33 images; 31 files could not be read.")).to_be_visible()
    assert len(list(server_workspace.glob("trays/*/*/*"))) == 31
    page.get_by_role("button", name="Remove all").click()
    expect(page.get_by_text("A worklist sorts many images")).to_be_visible()
    assert list(server_workspace.glob("trays/*/*/*")) == []


def test_files_go_when_the_page_is_closed_and_resume_after_a_stop(
    open_page: Open, server_workspace: Path
) -> None:
    page = open_page("/Diagnose")
    page.get_by_role("radio", name="Many images").click()
    page.get_by_role("button", name="Choose files").wait_for()
    page.route("**/api/uploads/**", lambda route: None)  # never answered
    page.set_input_files("input.files", files=[file(f"{n}.dcm", b"text " * 9) for n in range(5)])
    expect(page.get_by_text("0 of 5 files, 0 kB of")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("li", has_text="Stopped.")).to_have_count(5)
    page.unroute_all()
    page.get_by_role("button", name="Send again what is missing (5)").press("Enter")
    expect(page.get_by_text("Read 5 of 5 images")).to_be_visible()
    assert len(list(server_workspace.glob("trays/*/*/*"))) == 5
    page.close()
    deadline = time.monotonic() + 20
    while list(server_workspace.glob("trays/*/*/*")):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def dropped(page: Page, count: int) -> JSHandle:
    return page.evaluate_handle(
        """(count) => {
            const held = new DataTransfer();
            for (let n = 0; n < count; n++)
                held.items.add(new File(["text ".repeat(9)], `${n}.txt`));
            return held;
        }""",
        count,
    )


def test_an_exam_is_answered_for_the_patient(open_page: Open, keep: Keep) -> None:
    page = open_page("/Diagnose", scheme="dark")
    page.get_by_role("radio", name="An exam").click()
    page.get_by_role("button", name="Open the sample exam").click()
    page.get_by_role("button", name="Read the exam").click()
    expect(page.get_by_text("The exam:")).to_be_visible()
    expect(page.get_by_text("Right breast:")).to_contain_text("2 views")
    expect(page.locator(".viewer[data-state=ready]")).to_be_visible()
    assert page.evaluate(OVERFLOW) <= 0
    keep(page, "exam")


def test_a_guided_visitor_meets_one_task_a_screen(open_page: Open) -> None:
    page = open_page("/Diagnose?guided=case-b", width=390, height=844)
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".viewer[data-state=ready]")).to_be_visible()
    expect(page.get_by_role("link", name="Evaluate")).to_be_hidden()
    page.get_by_role("button", name="Show what the model says").click()
    expect(page.locator(".answer .verdict")).to_be_visible()
    page.get_by_role("button", name="Say what I think").click()
    page.get_by_role("button", name="Send and go on").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert page.evaluate(OVERFLOW) <= 0
