"""Home tells what is ready and leads on, also where nothing is ready yet."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import paths
from ui import sitemap

Say = Callable[[AppTest], str]


def test_home_leads_to_every_page(app: AppTest) -> None:
    app.run()
    links = {link.label for link in app.get("page_link")}
    assert not app.exception
    assert {f"Open {page.title}" for page in sitemap.pages()} <= links


def test_home_says_that_it_is_for_research_only(app: AppTest, said: Say) -> None:
    assert "not for diagnosis of patients" in said(app.run())


def test_a_model_stands_with_its_interval_its_set_and_that_it_is_synthetic(
    app: AppTest, said: Say
) -> None:
    text = said(app.run())
    assert "AUC 0.873" in text
    assert (
        "95% interval 0.840 to 0.900, 120 images. Measured on 120 held-out phantom images." in text
    )
    assert "synthetic" in text


def test_without_a_model_home_says_what_belongs_there(
    app: AppTest, services: Any, said: Say
) -> None:
    services.bundles = []
    assert "No trained model is here yet" in said(app.run())
    assert not app.exception


def test_what_the_workspace_holds_is_counted(app: AppTest, said: Say) -> None:
    for name in ("one", "two"):
        (paths.datasets() / name).mkdir(parents=True)
        (paths.datasets() / name / "dataset.json").write_text("{}")
    assert "2 prepared datasets, 0 training runs and 0 models" in said(app.run())


def test_a_fault_of_ours_is_a_sentence_and_the_details_are_logged(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("core.services.catalogue.bundles", broken)
    app.run()
    assert not app.exception
    assert "Something went wrong" in app.error[0].value
    assert "secret detail" not in app.error[0].value
    assert "secret detail" in caplog.text


def test_drawing_home_imports_nothing_heavy(run_alone: Callable[[str], str]) -> None:
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('streamlit_app.py', default_timeout=60).run()\n"
        "assert app.title, 'nothing drawn'\n"
        "import sys\n"
        "heavy = ('tensorflow', 'keras', 'pandas', 'pyarrow', 'cv2', 'pydicom')\n"
        "print(*(name for name in heavy if name in sys.modules))"
    )
    assert run_alone(code) == ""
