"""The table of networks in the documentation says what the catalogue says."""

from pathlib import Path

from core.models import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "models.md"


def test_the_table_lists_every_network_as_it_is() -> None:
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    table = {row.split("`")[1]: [cell.strip() for cell in row.split("|")[1:-1]] for row in rows}
    for name in catalogue.names():
        assert name in table, f"{PAGE.name} does not list {name}"
    for spec in (entry.load() for entry in catalogue.BACKBONES):
        cells = table[spec.name]
        assert cells[1:5] == [
            spec.title,
            f"{spec.parameters:,}",
            str(spec.default_size),
            str(spec.min_size),
        ]
        assert cells[5] == ("ImageNet" if spec.pretrained else "–")
        assert cells[6] == f"`{spec.explanation_layer}`"
