"""Everything Mammolens can do, headless: no page framework in here, and no TensorFlow on import."""

__version__ = "0.1.0"
