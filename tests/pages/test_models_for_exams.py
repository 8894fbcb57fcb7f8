"""A model that reads whole exams is not offered for one image, and the page says where it is."""

from dataclasses import replace
from typing import Any

from streamlit.testing.v1 import AppTest


def test_a_model_for_exams_is_named_but_not_offered(app: AppTest, services: Any) -> None:
    small = services.bundles[0]
    services.bundles.append(replace(small, name="visit", card=replace(small.card, kind="exam")))
    app.run()
    assert not app.exception
    app.switch_page("pages/1_Diagnose.py").run()
    assert not app.exception
    assert len(app.selectbox(key="case.model").options) == 1
    assert any("core predict visit" in caption.value for caption in app.caption)
