"""Synthetic mammograms whose truth is known exactly: the data that comes with the program.

They make tests, demonstrations and benchmarks possible without patient data. They
are phantoms, and nothing measured on them says how a model does on patients.
"""

from core.phantom.config import PhantomConfig
from core.phantom.dicom import SYNTAXES, dicom_bytes
from core.phantom.png import png_bytes
from core.phantom.render import PhantomImage, image, patient
from core.phantom.write import WriteSummary, write_phantom

__all__ = [
    "SYNTAXES",
    "PhantomConfig",
    "PhantomImage",
    "WriteSummary",
    "dicom_bytes",
    "image",
    "patient",
    "png_bytes",
    "write_phantom",
]
