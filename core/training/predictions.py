"""The best epoch's answer to each validation and test image, kept with the run.

Everything that is said of a run later (figures, calibration, operating point) starts
from this table.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.domain.cases import Side
from core.domain.dataset import TEST, VALIDATION
from core.domain.models import LOGITS
from core.training.atomic import replacing
from core.training.data import RunData
from core.training.epoch_figures import log_probabilities
from core.training.inference import outputs
from core.training.run_folder import RunFolder
from core.training.sequence_data import SIDES, PatientData


def write_predictions(folder: RunFolder, data: RunData) -> None:
    from core.models.loading import load_model

    rows = np.concatenate([data.rows(part) for part in (VALIDATION, TEST)])
    (logits,) = outputs(load_model(folder.model_file), [LOGITS], data.reader(), rows)
    made = _of_breasts if isinstance(data, PatientData) else _of_images
    with replacing(folder.predictions_file) as file:
        made(data, rows, logits).to_parquet(file, index=False)


def _of_images(data: RunData, rows: NDArray[np.int64], logits: NDArray[np.float32]) -> pd.DataFrame:
    """Columns image_id, patient_id, part, class, predicted, p_<class> ... and logit_0 ..."""
    known = data.dataset.index.iloc[rows]
    named = known["image_id"].to_numpy(), known["patient_id"].to_numpy()
    return _table(data, *named, data.parts[rows], data.targets[rows], logits)


def _of_breasts(
    data: RunData, rows: NDArray[np.int64], logits: NDArray[np.float32]
) -> pd.DataFrame:
    """A row for each breast with a view; in place of an image stands patient and side."""
    assert isinstance(data, PatientData)
    place, side = np.nonzero(data.targets[rows] >= 0)
    patients = np.array(data.patients, object)[rows[place]]
    names = [breast(patient, SIDES[k]) for patient, k in zip(patients, side, strict=True)]
    truth = data.targets[rows][place, side]
    answers = logits[place, side][:, None]
    return _table(data, np.array(names, object), patients, data.parts[rows[place]], truth, answers)


def breast(patient: str, side: Side) -> str:
    """What stands in place of an image's id."""
    return f"{patient}-{side.value}"


def _table(
    data: RunData,
    images: NDArray[np.object_],
    patients: NDArray[np.object_],
    parts: NDArray[np.object_],
    targets: NDArray[np.int64],
    logits: NDArray[np.float32],
) -> pd.DataFrame:
    probabilities = np.exp(log_probabilities(logits))
    found = pd.DataFrame(
        {
            "image_id": images,
            "patient_id": patients,
            "part": parts,
            "class": [data.classes[place] for place in targets],
            "predicted": [data.classes[place] for place in probabilities.argmax(axis=1)],
        }
    )
    for place, name in enumerate(data.classes):
        found[f"p_{name}"] = probabilities[:, place]
    for place in range(logits.shape[1]):
        found[f"logit_{place}"] = logits[:, place]
    return found


def logit_columns(found: pd.DataFrame) -> NDArray[np.float64]:
    names = [name for name in found.columns if name.startswith("logit_")]
    return np.asarray(found[names], np.float64)


def probability_columns(found: pd.DataFrame, classes: tuple[str, ...]) -> NDArray[np.float64]:
    return np.asarray(found[[f"p_{name}" for name in classes]], np.float64)
