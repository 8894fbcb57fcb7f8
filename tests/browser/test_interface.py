"""The pages and the interface share one server and one port."""

import httpx
import pytest

pytestmark = pytest.mark.browser


def test_the_interface_is_beside_the_pages(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/api/health").json()["status"] == "ok"
        assert client.get("/api").headers["location"] == "/api/docs"
        missing = client.get("/api/nothing")
        assert missing.status_code == 404
        assert missing.headers["content-type"] == "application/problem+json"
        refused = client.post("/api/predict", files={"image": ("a.txt", b"hello there")})
        assert refused.status_code == 422
        assert "a text file" in refused.json()["detail"]
        assert "Mammolens" in client.get("/api/docs").text
        assert client.get("/Diagnose").status_code == 200
