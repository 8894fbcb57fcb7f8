"""What single views look like to a model of whole exams, to judge whether a new one is alike.

The network that reads every view is the same for all, so its features stand for a view by
itself, whoever the patient is.
"""

from pathlib import Path
from typing import Any

import numpy as np

from core.domain.dataset import TRAIN, VALIDATION
from core.models.sequence import BY_PATIENT, PRESENT
from core.services.fitness_reference import MOST_REFERENCE_IMAGES, keep
from core.training import subject
from core.training.data import RunData
from core.training.inference import outputs
from core.training.reference import Features
from core.training.run_folder import RunFolder
from core.training.sequence_data import PatientData


def write_exam_reference(path: Path, folder: RunFolder, run_data: RunData) -> dict[str, Any]:
    """`run_data` is of images, some of which show what grey looks like."""
    from core.models.loading import load_model

    patients = subject.open_data(folder.config(), folder.path)
    assert isinstance(patients, PatientData)
    model = load_model(folder.model_file)
    learned, unseen = (_of_views(model, patients, part) for part in (TRAIN, VALIDATION))
    rows = run_data.rows(VALIDATION)[:MOST_REFERENCE_IMAGES]
    return keep(path, BY_PATIENT, (learned, unseen), run_data, rows)


def _of_views(model: Any, patients: PatientData, part: str) -> Features:
    """A row a view; slots in which there is none are left out."""
    present = np.asarray((patients.arranged or {})[PRESENT], bool)
    rows = patients.rows(part)[: max(1, MOST_REFERENCE_IMAGES // present.shape[1])]
    features = outputs(model, [BY_PATIENT], patients.reader(), rows)[0]
    return np.asarray(features[present[rows]], np.float32)
