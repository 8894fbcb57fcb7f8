"""The same as `folder`, in PNG: 16 bits for some patients and 8 for the others."""

from collections.abc import Callable

import numpy as np

from core.phantom.layouts.folder import FolderLayout
from core.phantom.png import png_bytes
from core.phantom.render import PhantomImage

DEEP_SHARE = 0.5


class FolderPngLayout(FolderLayout):
    suffix = ".png"
    share = 0.35

    def encoder(self, rng: np.random.Generator) -> Callable[[PhantomImage], bytes]:
        bits = 16 if rng.random() < DEEP_SHARE else 8
        return lambda image: png_bytes(image, bits=bits)


LAYOUT = FolderPngLayout()
