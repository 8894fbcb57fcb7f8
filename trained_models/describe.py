"""Put what people wrote about a model into its card, and write its page anew.

Usage: python trained_models/describe.py FOLDER     (reads about.json in it)
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.domain.card import ModelCard
from core.services.model_page import page


def describe(folder: Path) -> None:
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    card = ModelCard.from_json((folder / "card.json").read_text(encoding="utf-8"))
    card = replace(
        card,
        summary=about["summary"],
        intended_use=about["intended_use"],
        weaknesses=tuple(about["weaknesses"]),
        data=replace(card.data, terms=about["terms"]),
    )
    (folder / "card.json").write_text(card.to_json(), encoding="utf-8")
    (folder / "README.md").write_text(page(card), encoding="utf-8")


if __name__ == "__main__":
    describe(Path(sys.argv[1]))
