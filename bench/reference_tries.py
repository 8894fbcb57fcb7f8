"""What was tried to read real mammograms better, as settings: one entry a try.

Words in capitals are filled in by `bench.reference`: RSNA, MIAS, WEIGHTS, and WORK, a folder
for what is made on the way. `SIZE:HxW` is the preparation of the shipped model at another size,
`GRAINY:HxW` the same without its smoothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Try:
    """A training. `begins_with` is WEIGHTS, the name of a pretraining, or nothing."""

    title: str
    dataset: str
    settings: tuple[str, ...]
    begins_with: str = "WEIGHTS"
    model: str = "mobilenet_v2"
    folds: int = 5


@dataclass(frozen=True)
class Lesson:
    """What `bench.pretrain` teaches; the result serves a try to begin with."""

    task: str
    dataset: str
    epochs: int


Command = tuple[str, ...]


def _prepare(name: str, *words: str) -> tuple[Command, ...]:
    return (("prepare", "rsna", "RSNA", "--name", name, "--task", "cancer", *words),)


def _phantoms(folder: str, patients: int, seed: int, *words: str) -> Command:
    numbers = ("--patients", str(patients), "--seed", str(seed), "--height", "800")
    return ("phantom", "--out", f"WORK/{folder}", *numbers, *words)


GRAINY = ("--spec", "GRAINY:640x400")
SPEC = ("--spec", "breast-stretched-640")
PNG = ("--layout", "folder-png")
MIAS = ("prepare", "mini-mias", "MIAS", *SPEC)
BOTH = ("prepare", "folder", "WORK/hard", "--add", "folder", "WORK/usual")
DENSE = ("prepare", "rsna", "WORK/density")
DATASETS: dict[str, tuple[Command, ...]] = {
    "real-640": _prepare("real-640", *SPEC),
    "real-384": _prepare("real-384", "--spec", "SIZE:384x240"),
    "real-256": _prepare("real-256", "--spec", "SIZE:256x160"),
    "real-160": _prepare("real-160", "--spec", "SIZE:160x96"),
    "square-256": _prepare("square-256", *SPEC, "--size", "256"),
    "square-512": _prepare("square-512", *SPEC, "--size", "512"),
    "square-640": _prepare("square-640", *SPEC, "--size", "640"),
    "framed-640": _prepare("framed-640", "--spec", "frame-stretched-640"),
    "as-filed-512": _prepare("as-filed-512", "--spec", "a-hybrid", "--size", "512"),
    "mias-lesion": ((*MIAS, "--name", "mias-lesion", "--task", "lesion"),),
    "mias-malignant": ((*MIAS, "--name", "mias-malignant", "--task", "benign-malignant"),),
    "phantoms-hard": (
        _phantoms("hard", 400, 123, "--difficulty", "0.8", *PNG),
        ("prepare", "folder", "WORK/hard", "--name", "phantoms-hard", "--task", "lesion", *GRAINY),
    ),
    "phantoms-lesion": (
        _phantoms("hard", 400, 123, "--difficulty", "0.8", *PNG),
        _phantoms("usual", 300, 321, *PNG),
        (*BOTH, "--name", "phantoms-lesion", "--task", "lesion", *SPEC),
    ),
    "phantoms-density": (
        _phantoms("density", 400, 777, "--layout", "rsna"),
        (*DENSE, "--name", "phantoms-density", "--task", "density", *SPEC),
    ),
}

SMALL = ('model.options={"alpha":0.35}',)
CHANGED = (
    "augmentation.rotation=12",
    "augmentation.shift=0.06",
    "augmentation.zoom=0.15",
    "augmentation.upend=true",
    "augmentation.brightness=0.05",
    "augmentation.contrast=0.2",
    "augmentation.gamma=0.3",
    "augmentation.fill=zero",
)
ADAMW = ("optimizer=adamw", "weight_decay=0.02", "schedule=cosine", "schedule.warmup_epochs=0.5")
STEADY = ("weight_average=0.95", "norm_momentum=0.95", "gpus=0")
LINEAR = (
    *("model.head.standardise=true", "model.head.l2=0.3", "optimizer=adam", "schedule=cosine"),
    *('stages=[{"train":"head"}]', "epochs=30", "learning_rate=1e-3", "schedule.warmup_epochs=1"),
    *("norm_momentum=0.95", "best=loss", "batch_size=64", "gpus=0"),
)
LEARNED_ON_PHANTOMS = (
    *("model.head.dropout=0.3", "learning_rate=1e-3", "schedule.minimum=1e-5"),
    *("loss.label_smoothing=0.05", "best=validation_loss", 'stages=[{"train":"last-86"}]'),
    *("epochs=4", "batch_size=16"),
)


def _tuned(epochs: int, rate: str) -> tuple[str, ...]:
    """The head first, then every layer; the last epoch stays, the mean of the last weights."""
    head = '{"train":"head","epochs":3,"learning_rate":1e-3}'
    whole = f'{{"train":"all","epochs":{epochs},"learning_rate":{rate}}}'
    return (
        *("model.head.standardise=true", "model.head.l2=0.1", "model.head.dropout=0.2"),
        *(f"stages=[{head},{whole}]", "loss.label_smoothing=0.05", "best=loss"),
        *("batch_size=16", "weight_average=0.99", "norm_momentum=0.95", "gpus=0"),
        *(ADAMW + CHANGED),
    )


def _scratch(epochs: int, rate: str = "1e-3", batch: int = 16) -> tuple[str, ...]:
    return (
        *(f"epochs={epochs}", f"learning_rate={rate}", f"batch_size={batch}", "best=loss"),
        *("loss.label_smoothing=0.05", *STEADY, *ADAMW, *CHANGED),
    )


PRETRAINED: dict[str, Try] = {
    "lesion": Try(
        "Hard phantoms, with their grain: a lesion or none",
        "phantoms-hard",
        (*SMALL, *LEARNED_ON_PHANTOMS, *ADAMW, *STEADY, *CHANGED),
    ),
    "lesion-again": Try(
        "The same with another seed",
        "phantoms-hard",
        (*SMALL, *LEARNED_ON_PHANTOMS, *ADAMW, *STEADY, *CHANGED, "seed=1"),
    ),
    "lesion-mixed": Try(
        "Hard and usual phantoms, smoothed: a lesion or none",
        "phantoms-lesion",
        (*SMALL, *LEARNED_ON_PHANTOMS, *ADAMW, *STEADY, *CHANGED),
    ),
    "density": Try(
        "Phantoms: density",
        "phantoms-density",
        (*SMALL, *LEARNED_ON_PHANTOMS, *ADAMW, *STEADY, *CHANGED),
    ),
}
LESSONS: dict[str, Lesson] = {
    "outlines": Lesson("outlines", "phantoms-lesion", 4),
    "same-woman": Lesson("views", "real-640", 6),
}
TRIES: dict[str, Try] = {
    "frozen": Try("ImageNet network at rest, linear", "real-640", (*SMALL, *LINEAR)),
    "frozen-256": Try("the same, 256 x 256", "square-256", (*SMALL, *LINEAR)),
    "frozen-512": Try("the same, 512 x 512", "square-512", (*SMALL, *LINEAR)),
    "frozen-640": Try("the same, 640 x 640", "square-640", (*SMALL, *LINEAR)),
    "as-filed": Try(
        "the same, 512 x 512, neither cropped nor turned", "as-filed-512", (*SMALL, *LINEAR)
    ),
    "framed": Try(
        "the same, 640 x 512, not cropped, polarity and side set right",
        "framed-640",
        (*SMALL, *LINEAR),
    ),
    "framed-lesion": Try(
        "learned lesions from hard phantoms, then linear, 640 x 512, not cropped",
        "framed-640",
        (*SMALL, *LINEAR),
        "lesion",
    ),
    "balanced": Try(
        "the same, 640 x 400, classes drawn equally often",
        "real-640",
        (*SMALL, *LINEAR, "sampling=balanced"),
    ),
    "density": Try(
        "learned density from phantoms, then linear", "real-640", (*SMALL, *LINEAR), "density"
    ),
    "lesion": Try(
        "learned lesions from hard phantoms, then linear",
        "real-640",
        (*SMALL, *LINEAR),
        "lesion",
    ),
    "lesion-calm": Try(
        "the same, larger penalty on weights",
        "real-640",
        (*SMALL, *LINEAR, "model.head.l2=1.0"),
        "lesion",
    ),
    "lesion-copies": Try(
        "the same, six changed versions of each image",
        "real-640",
        (*SMALL, *LINEAR, *CHANGED, "augmentation.copies=6"),
        "lesion",
    ),
    "lesion-again": Try(
        "the same, phantoms learned with another seed",
        "real-640",
        (*SMALL, *LINEAR),
        "lesion-again",
    ),
    "lesion-mixed": Try(
        "learned lesions from hard and usual phantoms, smoothed, then linear",
        "real-640",
        (*SMALL, *LINEAR),
        "lesion-mixed",
    ),
    "outlines": Try(
        "learned where lesions of phantoms lie, then linear",
        "real-640",
        (*SMALL, *LINEAR),
        "outlines",
    ),
    "same-woman": Try(
        "learned without labels which views are of one woman, then linear",
        "real-640",
        (*SMALL, *LINEAR),
        "same-woman",
    ),
    "tuned": Try(
        "the same, then every layer fine-tuned, 384 x 240",
        "real-384",
        (*SMALL, *_tuned(8, "3e-4")),
        "lesion-mixed",
        folds=1,
    ),
    "tuned-imagenet": Try(
        "from ImageNet, every layer fine-tuned, 384 x 240",
        "real-384",
        (*SMALL, *_tuned(8, "3e-4")),
        folds=1,
    ),
    "scratch-cnn": Try(
        "from nothing: plain network with batch normalisation, 256 x 160",
        "real-256",
        _scratch(12),
        "",
        "custom_cnn_bn",
        folds=2,
    ),
    "scratch-efficientnet": Try(
        "from nothing: EfficientNetB0, 160 x 96",
        "real-160",
        _scratch(4),
        "",
        "efficientnet_b0",
        folds=1,
    ),
    "scratch-densenet": Try(
        "from nothing: DenseNet121, 160 x 96",
        "real-160",
        (*_scratch(4), "precision=mixed_bfloat16"),
        "",
        "densenet121",
        folds=1,
    ),
    "scratch-convnext": Try(
        "from nothing: ConvNeXt-T, 160 x 96",
        "real-160",
        (*_scratch(4, "3e-4"), "precision=mixed_bfloat16"),
        "",
        "convnext_tiny",
        folds=1,
    ),
    "scratch-hybrid": Try(
        "from nothing: DenseNet121 and ResNet50 joined, 160 x 96",
        "real-160",
        (*_scratch(4), 'model.backbones=["densenet121","resnet50"]', "precision=mixed_bfloat16"),
        "",
        "hybrid",
        folds=1,
    ),
    "views": Try(
        "both views of a breast read together, at rest",
        "real-640",
        (*SMALL, *LINEAR, "sequence.units=16", "sequence.context=[]"),
        "lesion",
    ),
    "views-told": Try(
        "the same, told age, density, implant and machine",
        "real-640",
        (*SMALL, *LINEAR, "sequence.units=16"),
        "lesion",
    ),
    "mias-lesion": Try("mini-MIAS: any lesion", "mias-lesion", (*SMALL, *LINEAR), "lesion"),
    "mias-malignant": Try(
        "mini-MIAS: malignant among lesions", "mias-malignant", (*SMALL, *LINEAR), "lesion"
    ),
}
