"""The formats a network can be taken along in: what each needs, how it is written and asked.

Libraries are imported only when a format is used; whether they are there is looked up
without importing them.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import NotFound
from core.models.ensemble import parts_of

Images = NDArray[np.float32]  # (n, height, width, 1)
Answers = NDArray[np.float64]  # (n, outputs)
INSTALL = "pip install -r requirements-export.txt"


@dataclass(frozen=True)
class Format:
    """`write` puts the network at a path, `ask` puts images to what lies there."""

    name: str
    title: str
    about: str
    suffix: str
    needs: tuple[str, ...]
    write: Callable[[Any, Path, Path], None]  # the network, its own file, where to
    ask: Callable[[Path, Images], Answers]

    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in self.needs if find_spec(name) is None)


def _write_keras(model: Any, source: Path, target: Path) -> None:
    if len(parts_of(model)) > 1:
        model.save(target)  # several networks, which lie in files of their own
    else:
        shutil.copyfile(source, target)


def _ask_keras(path: Path, images: Images) -> Answers:
    from core.models.loading import load_model

    return ask_model(load_model(path), images)


def ask_model(model: Any, images: Images) -> Answers:
    return np.asarray(model(images, training=False), np.float64)


def _write_saved_model(model: Any, source: Path, target: Path) -> None:
    model.export(target, format="tf_saved_model", verbose=False)


def _ask_saved_model(path: Path, images: Images) -> Answers:
    import tensorflow

    # A name of its own: what was loaded must live while its function is called.
    loaded = tensorflow.saved_model.load(str(path))
    return np.asarray(loaded.serve(images), np.float64)


def _write_litert(model: Any, source: Path, target: Path) -> None:
    model.export(target, format="litert", verbose=False)


def _ask_litert(path: Path, images: Images) -> Answers:
    import tensorflow

    interpreter = tensorflow.lite.Interpreter(str(path))
    given, answer = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    interpreter.resize_tensor_input(given["index"], [1, *images.shape[1:]])
    interpreter.allocate_tensors()
    found = []
    for image in images:
        interpreter.set_tensor(given["index"], image[None])
        interpreter.invoke()
        found.append(interpreter.get_tensor(answer["index"])[0].copy())
    return np.asarray(found, np.float64)


def _write_onnx(model: Any, source: Path, target: Path) -> None:
    model.export(target, format="onnx", verbose=False)


def _ask_onnx(path: Path, images: Images) -> Answers:
    onnxruntime = import_module("onnxruntime")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: images})[0], np.float64)


FORMATS = {
    item.name: item
    for item in (
        Format(
            "keras",
            "Keras",
            "The network as Mammolens keeps it, for Python with Keras 3.",
            ".keras",
            (),
            _write_keras,
            _ask_keras,
        ),
        Format(
            "saved-model",
            "TensorFlow SavedModel",
            "A folder for TensorFlow Serving and for Python with TensorFlow.",
            "-saved-model",
            ("tensorflow",),
            _write_saved_model,
            _ask_saved_model,
        ),
        Format(
            "litert",
            "LiteRT",
            "One small file for phones and small computers, once called TensorFlow Lite.",
            ".tflite",
            ("tensorflow",),
            _write_litert,
            _ask_litert,
        ),
        Format(
            "onnx",
            "ONNX",
            "One file that many programs and languages read.",
            ".onnx",
            ("tensorflow", "onnx", "tf2onnx", "onnxruntime"),
            _write_onnx,
            _ask_onnx,
        ),
    )
}


def format_named(name: str) -> Format:
    if name not in FORMATS:
        raise NotFound(f"There is no format {name!r} to export to. Known: {', '.join(FORMATS)}.")
    return FORMATS[name]
