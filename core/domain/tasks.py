"""The questions a model can answer, their classes, and what each class means in plain words."""

from collections.abc import Callable
from dataclasses import dataclass

from core.domain.cases import Case, FindingKind, Pathology
from core.errors import NotFound


@dataclass(frozen=True)
class ClassInfo:
    """`title` is for menus and charts; `plain` is a sentence anyone understands."""

    name: str
    title: str
    plain: str


NORMAL = ClassInfo(
    "normal",
    "Normal",
    "The model sees nothing that it has learned to recognise as a finding.",
)
BENIGN = ClassInfo(
    "benign",
    "Benign",
    "The model sees a finding that looks harmless but would usually be checked once more.",
)
BENIGN_WITHOUT_CALLBACK = ClassInfo(
    "benign_without_callback",
    "Benign without callback",
    "The model sees a finding so clearly harmless that a patient is usually not called back.",
)
MALIGNANT = ClassInfo(
    "malignant",
    "Malignant",
    "The model sees a finding that looks like cancer.",
)
NEGATIVE = ClassInfo("negative", "No cancer", "The model sees no sign of cancer.")
CANCER = ClassInfo("cancer", "Cancer", "The model sees signs that look like cancer.")
NO_LESION = ClassInfo("no_lesion", "No lesion", "The model sees no lesion.")
LESION = ClassInfo("lesion", "Any lesion", "The model sees a lesion, harmless or not.")
MASS = ClassInfo("mass", "Mass", "The model sees a lump in the tissue.")
CALCIFICATION = ClassInfo(
    "calcification", "Calcification", "The model sees small deposits of calcium."
)
DENSITIES = tuple(
    ClassInfo(f"density_{letter.lower()}", f"Density {letter}", f"The model sees {seen}.")
    for letter, seen in (
        ("A", "a breast that is almost entirely fat"),
        ("B", "scattered areas of dense tissue"),
        ("C", "much dense tissue, which may hide small lesions"),
        ("D", "an extremely dense breast, in which lesions are hard to see"),
    )
)


@dataclass(frozen=True)
class Task:
    """`classes` in the order of the model's outputs; the last of two is the positive one.

    `of` gives a case's class, or None for a case the task says nothing about.
    """

    name: str
    title: str
    classes: tuple[ClassInfo, ...]
    of: Callable[[Case], str | None]

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(info.name for info in self.classes)


def _pathology(case: Case) -> str | None:
    return case.pathology.value if case.pathology else None


def _three(case: Case) -> str | None:
    if case.pathology is Pathology.BENIGN_WITHOUT_CALLBACK:
        return Pathology.BENIGN.value
    return _pathology(case)


def _benign_malignant(case: Case) -> str | None:
    answer = _three(case)
    return None if answer == NORMAL.name else answer


def _cancer(case: Case) -> str | None:
    if case.cancer is not None:
        return CANCER.name if case.cancer else NEGATIVE.name
    if case.pathology is None:
        return None
    return CANCER.name if case.pathology is Pathology.MALIGNANT else NEGATIVE.name


def _lesion(case: Case) -> str | None:
    if case.pathology is None and not case.findings:
        return LESION.name if case.cancer else None
    return NO_LESION.name if case.pathology is Pathology.NORMAL else LESION.name


def _abnormal(case: Case) -> str | None:
    kinds = {finding.kind for finding in case.findings}
    if kinds == {FindingKind.MASS}:
        return MASS.name
    return CALCIFICATION.name if kinds == {FindingKind.CALCIFICATION} else None


def _density(case: Case) -> str | None:
    names = {info.name[-1].upper(): info.name for info in DENSITIES}
    return names.get((case.metadata.density or "").strip().upper())


TASKS = {
    task.name: task
    for task in (
        Task(
            "four-class",
            "Normal, benign, benign without callback or malignant",
            (NORMAL, BENIGN, BENIGN_WITHOUT_CALLBACK, MALIGNANT),
            _pathology,
        ),
        Task("three-class", "Normal, benign or malignant", (NORMAL, BENIGN, MALIGNANT), _three),
        Task("benign-malignant", "Benign or malignant", (BENIGN, MALIGNANT), _benign_malignant),
        Task("cancer", "Cancer or not", (NEGATIVE, CANCER), _cancer),
        Task("lesion", "Any lesion or none", (NO_LESION, LESION), _lesion),
        Task("mass-calcification", "Mass or calcification", (MASS, CALCIFICATION), _abnormal),
        Task("density", "Density of the tissue, A to D", DENSITIES, _density),
    )
}


def task(name: str) -> Task:
    try:
        return TASKS[name]
    except KeyError:
        known = ", ".join(TASKS)
        raise NotFound(f"There is no task {name!r}. Known: {known}.") from None
