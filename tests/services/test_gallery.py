"""The gallery finds what was asked for, draws findings in place, and costs one page."""

import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.datasets.findings import lesion_mask
from core.datasets.prepared import PreparedDataset, open_prepared
from core.errors import InputError
from core.services import composition, contact_sheet, gallery, large_view
from core.services.gallery import Wish


@pytest.fixture
def small(phantom_workspace: Path) -> PreparedDataset:
    return open_prepared("small")


@pytest.fixture
def facts(small: PreparedDataset) -> pd.DataFrame:
    return composition.facts(small)


def test_everything_is_found_in_the_order_of_the_arrays(facts: pd.DataFrame) -> None:
    assert gallery.find(facts, Wish()).tolist() == list(range(16))
    assert gallery.find(facts, Wish(descending=True)).tolist() == list(range(16))[::-1]


def test_filters_narrow_each_other(facts: pd.DataFrame) -> None:
    rows = gallery.find(facts, Wish({"view": ["MLO"], "laterality": ["L"]}))
    found = facts.iloc[rows]
    assert len(found) == 4
    assert set(found["view"]) == {"MLO"}
    assert set(found["laterality"]) == {"L"}
    one = str(found["patient_id"].iloc[0]).lower()
    named = Wish({"view": ["MLO"], "laterality": ["L"]}, text=f" {one} ")
    assert len(gallery.find(facts, named)) == 1
    assert gallery.find(facts, Wish({"view": []})).tolist() == list(range(16))


def test_ages_and_findings_are_filters_too(facts: pd.DataFrame) -> None:
    low = float(facts["age"].min())
    young = gallery.find(facts, Wish(ages=(0, low)))
    assert set(facts["age"].iloc[young]) == {low}
    with_finding = gallery.find(facts, Wish(with_finding=True))
    without = gallery.find(facts, Wish(with_finding=False))
    assert len(with_finding) + len(without) == 16
    assert set(facts["class"].iloc[without]) == {"normal"}


def test_unknown_values_come_last_in_either_order(facts: pd.DataFrame) -> None:
    table = facts.copy()
    table.loc[3, "age"] = np.nan
    for descending in (False, True):
        rows = gallery.find(table, Wish(order="age", descending=descending))
        ages = table["age"].iloc[rows[:-1]].to_numpy()
        assert rows[-1] == 3
        assert (np.diff(ages) * (-1 if descending else 1) >= 0).all()


def test_an_unknown_order_is_refused(facts: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="Allowed: place"):
        gallery.find(facts, Wish(order="beauty"))


def test_outlines_lie_on_the_lesion_of_the_prepared_image(small: PreparedDataset) -> None:
    """The same findings as filled pixels, by other code."""
    tiles = [tile for tile in gallery.tiles(small, range(16)) if tile.rings]
    assert tiles
    for tile in tiles:
        about = small.index.iloc[tile.row]
        mask = lesion_mask(gallery.found_in(about), (64, 64), about["to_source"])
        rows, columns = np.nonzero(mask)
        points = np.concatenate([np.array(ring) for ring in tile.rings])
        assert abs(points[:, 0].min() - columns.min()) <= 1.5
        assert abs(points[:, 1].max() - rows.max()) <= 1.5


def test_sixteen_bits_are_shown_like_eight(small: PreparedDataset) -> None:
    eight = gallery.thumbnail(small, 0, 64)
    wide = small.images[:1].astype(np.uint16) * 257
    twin = replace(small)
    twin.__dict__["images"] = wide
    assert np.array_equal(gallery.thumbnail(twin, 0, 64), eight)


def test_the_large_view_draws_findings_where_the_file_has_them(small: PreparedDataset) -> None:
    row = int(gallery.find(composition.facts(small), Wish(with_finding=True))[0])
    original, prepared = large_view.original(small, row), large_view.prepared(small, row)
    assert (prepared.width, prepared.height) == (64 * large_view.FINE, 64 * large_view.FINE)
    about = small.index.iloc[row]
    rows, columns = int(about["source_rows"]), int(about["source_columns"])
    assert (original.width, original.height) == (
        columns * large_view.FINE,
        rows * large_view.FINE,
    )
    ring = np.array(original.outlines[0]) / large_view.FINE
    assert ring.min() > 0
    assert ring[:, 0].max() < columns
    assert len(original.outlines) == len(prepared.outlines)


def test_a_contact_sheet_has_a_cell_for_each_image(small: PreparedDataset) -> None:
    picture = contact_sheet.sheet(small, list(range(5)), columns=2)
    across, down = 64 + contact_sheet.GAP, 64 + contact_sheet.LINE + contact_sheet.GAP
    assert picture.shape == (3 * down + contact_sheet.GAP, 2 * across + contact_sheet.GAP, 3)


@pytest.mark.serial
def test_a_page_of_a_set_of_fifty_thousand_is_quick(small: PreparedDataset) -> None:
    """Filter, order and pictures; a server of its own has more time left than this allows."""
    large = enlarged(small, 50_000)
    facts = composition.facts(large)
    wish = Wish({"class": ["malignant", "benign"]}, order="age", descending=True)
    spent = []
    for _ in range(5):
        begun = time.process_time()
        rows = gallery.find(facts, wish)
        gallery.tiles(large, rows[-48:].tolist())
        spent.append(time.process_time() - begun)
    assert sorted(spent)[2] < 0.3


def enlarged(small: PreparedDataset, count: int) -> PreparedDataset:
    folder = small.path.parent / "large"
    folder.mkdir()
    rows = np.arange(count) % len(small.index)
    index = small.index.iloc[rows].reset_index(drop=True)
    index["image_id"] = [f"I{number:06d}" for number in range(count)]
    index["age"] = np.random.default_rng(0).integers(35, 85, count).astype(float)
    index.to_parquet(folder / "index.parquet", index=False)
    np.save(folder / "images.npy", np.asarray(small.images)[rows])
    info = replace(small.info, name="large", images=count)
    (folder / "dataset.json").write_text(json.dumps(asdict(info)))
    return open_prepared("large")
