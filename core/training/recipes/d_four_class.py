"""System D: four convolutions tell normal, two kinds of benign, and malignant apart."""

from core.training.recipe import Departure, Recipe

RECIPE = Recipe(
    name="d-four-class",
    title="Four-class CNN",
    system="D",
    summary="A small network from scratch on whole images, with mild augmentation.",
    data="d-four-class",
    settings={
        "model.name": "custom_cnn",
        "epochs": 30,
        "batch_size": 16,
        "learning_rate": 1e-3,
        "optimizer": "adam",
        "precision": "mixed_bfloat16",
        "augmentation.rotation": 10.0,
        "augmentation.shift": 0.05,
        "augmentation.zoom": 0.1,
        "augmentation.shear": 0.1,
        "augmentation.flip": True,
        "augmentation.fill": "nearest",
        "best": "validation_auc",
    },
    keeps=(
        "MLO views of CBIS-DDSM in three classes, normal films of MIAS as the fourth",
        "Pixels divided by their maximum, stretched with Lanczos",
        "Convolutions of 32, 64, 128 and 258 filters, pooling 2 then 3 with stride 2",
        "Dropout 0.3, global average pooling, dense 64 with L2 0.001, dropout 0.5, softmax",
        "Rotation 10 degrees, shifts 5%, zoom 10%, shear 10%, horizontal flip, fill nearest",
        "Batches of 16, 30 epochs, images of 244 by 244",
    ),
    departs=(
        Departure(
            "Left and right breasts are both kept, at the bits that the files have",
            "Files were named by patient and view, so that one overwrote the other",
        ),
        Departure(
            "Whole patients are on one side of the split, with a test part",
            "Two views of one breast on both sides make figures too good",
        ),
        Departure(
            "Layers compute in bfloat16, sums and weights stay in float32",
            "Twice as fast on a processor, with the same figures",
        ),
        Departure(
            "The epoch with the best validation AUC is kept, not the last",
            "The last epoch is not the best one",
        ),
    ),
)
