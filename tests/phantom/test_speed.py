"""The phantom is quick enough to be made on the spot."""

import time

import pytest

from core.phantom import PhantomConfig, dicom_bytes, patient

LEAST_PER_SECOND = 5.0


@pytest.mark.serial
def test_five_images_a_second_and_core_at_the_usual_size():
    """Counted in processor time, which other work on the machine does not lengthen."""
    config = PhantomConfig(seed=2)
    patient(config, 0)  # fills the stock of line patterns, once a process
    started = time.process_time()
    images = [image for index in (1, 2, 3) for image in patient(config, index)]
    for image in images:
        dicom_bytes(image)
    spent = time.process_time() - started
    assert len(images) / spent > LEAST_PER_SECOND
