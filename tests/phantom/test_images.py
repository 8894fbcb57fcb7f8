"""What stands in an image, and that its truth is exact."""

import cv2
import numpy as np
import pytest

from core.domain.cases import FindingKind, Pathology, Side, View, worst
from core.errors import NotFound
from core.phantom import PhantomConfig, image
from core.phantom import render as rendering
from core.phantom.outline import detector


def test_a_patient_has_four_views_of_one_size(some_patients, config):
    for images in some_patients:
        views = {(one.case.laterality, one.case.view) for one in images}
        assert views == {(side, view) for side in Side for view in (View.CC, View.MLO)}
        assert {one.pixels.shape for one in images} == {detector(config.height)}


def test_pixels_are_grey_between_black_and_white(some_patients):
    for images in some_patients:
        for one in images:
            assert one.pixels.dtype == np.float32
            assert one.pixels.min() >= 0
            assert one.pixels.max() <= 1


def test_a_finding_shows_in_both_views_of_its_breast_and_in_no_other(some_patients):
    for images in some_patients:
        for side in Side:
            notes = [
                tuple(finding.note for finding in one.case.findings)
                for one in images
                if one.case.laterality is side
            ]
            assert notes[0] == notes[1]


def test_the_label_is_the_worst_finding(some_patients):
    for images in some_patients:
        for one in images:
            assert one.case.pathology is worst([f.pathology for f in one.case.findings])
            assert one.case.label == one.case.pathology.value
            assert one.case.cancer == (one.case.pathology is Pathology.MALIGNANT)


def test_there_is_a_mask_for_each_finding_and_it_lies_in_the_breast(with_findings):
    for one in with_findings:
        assert len(one.masks) == len(one.case.findings)
        for mask in one.masks:
            assert mask.dtype == bool
            assert mask.shape == one.pixels.shape
            assert mask.any()
            assert not (mask & ~one.breast).any()


def test_masks_have_the_size_of_their_findings(with_findings):
    for one in with_findings:
        for mask, lesion in zip(one.masks, one.lesions, strict=True):
            area_mm2 = mask.sum() * one.spacing_mm**2
            assert 0.04 < area_mm2 / (np.pi * lesion.radius_mm**2) < 3.5, lesion.sort.name


def test_a_finding_changes_the_image_at_its_mask_and_hardly_elsewhere(monkeypatch, config):
    """The same breast drawn without its findings differs where the truth says, and there alone."""
    index, side, view = _first_with_finding(config)
    shown = image(config, index, side, view)
    monkeypatch.setattr(rendering, "draw", _drawn_without_effect)
    healthy = image(config, index, side, view)
    change = np.abs(shown.pixels - healthy.pixels)
    mask = np.any(shown.masks, axis=0)
    near = cv2.dilate(mask.astype(np.uint8), np.ones((31, 31))).astype(bool)
    assert change[mask].mean() > 0.05
    assert change[~near].max() < 0.02


def test_exact_same_image_from_the_same_seed_in_any_order(config):
    forwards = [image(config, 2, Side.LEFT, view) for view in (View.CC, View.MLO)]
    backwards = [image(config, 2, Side.LEFT, view) for view in (View.MLO, View.CC)][::-1]
    for first, second in zip(forwards, backwards, strict=True):
        np.testing.assert_array_equal(first.pixels, second.pixels)
        assert first.case == second.case


def test_seeds_and_patients_differ(config):
    first = image(config, 0, Side.LEFT, View.CC).pixels
    for other in (
        image(config, 1, Side.LEFT, View.CC),
        image(PhantomConfig(seed=8, height=config.height), 0, Side.LEFT, View.CC),
    ):
        assert np.abs(first - other.pixels).mean() > 0.01


def test_right_breasts_point_left_and_left_breasts_right(some_patients):
    for images in some_patients:
        for one in images:
            columns = one.breast.sum(axis=0)
            chest = -1 if one.case.laterality is Side.RIGHT else 0
            assert columns[chest] > 0.5 * columns.max()
            assert columns[-1 - chest] == 0


def test_pectoral_muscle_is_in_every_oblique_view_at_the_top_of_the_chest_wall(some_patients):
    for images in some_patients:
        for one in images:
            if one.case.view is View.MLO:
                chest = one.pectoral.shape[1] - 1 if one.case.laterality is Side.RIGHT else 0
                assert one.pectoral[0, chest]
                assert 0.02 < one.pectoral.sum() / one.breast.sum() < 0.5
            assert not (one.pectoral & ~one.breast).any()


def test_the_background_holds_a_label(some_patients):
    labelled = [
        (one.pixels[~one.breast] > 0.3).sum() > 20 for images in some_patients for one in images
    ]
    assert np.mean(labelled) > 0.9


def test_masses_add_brightness_and_fat_takes_it_away(with_findings):
    """Within one image, against the ring of tissue around the finding."""
    differences: dict[str, list[float]] = {}
    for one in with_findings:
        for mask, lesion in zip(one.masks, one.lesions, strict=True):
            wide = cv2.dilate(mask.astype(np.uint8), np.ones((25, 25))).astype(bool)
            ring = wide & ~mask & one.breast & ~one.pectoral
            inside = one.pixels[mask].mean() - one.pixels[ring].mean()
            differences.setdefault(lesion.sort.name, []).append(float(inside))
    assert np.median(differences["circumscribed"]) > 0.08
    assert np.median(differences["spiculated"]) > 0.05
    assert np.median(differences["popcorn"]) > 0.1
    assert np.median(differences["fatty"]) < 0


def test_the_two_views_see_a_finding_at_the_same_depth(some_patients):
    """Depth from the nipple is what the two projections share."""
    depths = [
        [_from_nipple(one, one.masks[number]) for one in images if one.case.laterality is side]
        for images in some_patients
        for side in Side
        for number in range(len(_first(images, side).masks))
    ]
    assert len(depths) > 20
    assert np.corrcoef(np.array(depths).T)[0, 1] > 0.6


@pytest.mark.parametrize(("index", "view"), [(-1, View.CC), (0, View.OTHER)])
def test_views_that_do_not_exist_are_refused(config, index, view):
    with pytest.raises(NotFound, match="views are CC and MLO"):
        image(config, index, Side.LEFT, view)


def _first(images, side):
    return next(one for one in images if one.case.laterality is side)


def _from_nipple(one, mask):
    """Millimetres between the farthest point of the breast and the finding, along the rows."""
    columns = np.nonzero(one.breast.any(axis=0))[0]
    at = np.argwhere(mask).mean(axis=0)[1]
    nipple = columns.min() if one.case.laterality is Side.RIGHT else columns.max()
    return abs(nipple - at) * one.spacing_mm


def _first_with_finding(config):
    for index in range(20):
        for side in Side:
            one = image(config, index, side, View.CC)
            kinds = [finding.kind for finding in one.case.findings]
            if kinds == [FindingKind.MASS]:
                return index, side, View.CC
    raise AssertionError("no mass among twenty patients")


def _drawn_without_effect(*arguments):
    from core.phantom.lesions import Drawing, draw

    drawing = draw(*arguments)
    return Drawing(drawing.lesion, np.zeros_like(drawing.added), drawing.mask)
