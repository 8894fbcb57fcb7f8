"""About this image: what the file says, no more, and nothing that names a person."""

from dataclasses import replace

from core.domain.cases import Side, View
from core.domain.images import ImageFacts
from ui.components.image_facts import facts

BARE = ImageFacts("PNG", 1024, 819, 8)


def test_what_the_file_leaves_open_is_left_out() -> None:
    assert facts(BARE) == {"Size": "819 × 1,024 pixels, 8 bits each", "File": "PNG"}


def test_what_the_file_says_is_in_plain_words() -> None:
    known = facts(
        replace(
            BARE,
            format="DICOM",
            presentation=True,
            laterality=Side.RIGHT,
            view=View.MLO,
            age=61.4,
            implant=False,
            spacing_mm=(0.07, 0.07),
            windowing="window",
            inverted=True,
        )
    )
    assert known["Breast"] == "right"
    assert known["View"] == "MLO, from the side"
    assert known["Age"] == "61 years"
    assert known["Implant"] == "no"
    assert known["Pixel"] == "0.07 mm"
    assert known["File"] == "DICOM, for presentation"
    assert "dense tissue is bright" in known["Brightness"]


def test_pixels_that_are_not_square_say_both_sides() -> None:
    assert facts(replace(BARE, spacing_mm=(0.07, 0.1)))["Pixel"] == "0.07 × 0.1 mm"
