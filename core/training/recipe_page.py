"""The recipes as a page of text: what each keeps of its system, where it departs, and why."""

from core.training.recipe import RECIPES, Recipe

SYSTEMS = {
    "A": "Hybrid of DenseNet121 and ResNet50 (MSc report)",
    "B": "Three networks on DDSM patches (BSc report, August 2025)",
    "C": "CNN, ResNet50 and RNN with patient context on RSNA (2024)",
    "D": "Four-class CNN on CBIS-DDSM and MIAS (BSc report, September 2025)",
    "E": "Patch classifier that localises on whole mammograms",
}

OPENING = """# Recipes

A recipe is a published system as settings, ready to run on data prepared as it wants:

```
python -m core recipes
python -m core prepare cbis-ddsm DIR --add mini-mias DIR2 --name NAME --recipe d-four-class
python -m core train --dataset NAME --recipe d-four-class
python -m core train --dataset NAME --recipe d-four-class --set epochs=5 --set optimizer=sgd
```

Each recipe keeps what its authors published and says where it departs and why. "Not
published" means that the report does not say. Published figures are theirs, on their
data; a run of a recipe here gives figures of its own.

System A reads `mendeley` folders (or `npy-pair`), B `ddsm-tfrecord`, C `rsna`, D and E
`cbis-ddsm` with `mini-mias`; any other format will do that answers the same question. The
tests run each recipe from phantom files in these layouts to its figures.

This page is printed by `python -m core recipes --page`."""


def page() -> str:
    recipes = [entry.load() for entry in RECIPES]
    parts = [OPENING]
    for system, title in SYSTEMS.items():
        parts.append(f"## {system}. {title}")
        parts.append(_table([recipe for recipe in recipes if recipe.system == system]))
    return "\n\n".join(parts) + "\n"


def _table(recipes: list[Recipe]) -> str:
    rows = ["| recipe | keeps | departs, and why |", "| --- | --- | --- |"]
    return "\n".join(rows + [_row(recipe) for recipe in recipes])


def _row(recipe: Recipe) -> str:
    departs = [f"{item.what}. {item.why}." for item in recipe.departs]
    first = f"`{recipe.name}`<br>{recipe.title}. {recipe.summary}"
    return f"| {first} | {'<br>'.join(recipe.keeps)} | {'<br>'.join(departs)} |"
