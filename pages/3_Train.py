"""Is it learning?

Choose images and a recipe, start a run, watch it learn, stop it and go on, and compare.
"""

from ui import frame
from ui.train import memory, sections

ICON = "model_training"

frame.begin("Train", "Is it learning?")
memory.settle()
with frame.guard():
    sections.show()
