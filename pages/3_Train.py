"""Is it learning?

Choose images and a recipe, start a run, watch it learn, stop it and go on, and compare.
"""

from ui import frame
from ui.data import look as data_look
from ui.train import look, memory, now, sections

ICON = "model_training"

frame.begin("Train", "Is it learning?")
data_look.begin()
look.begin()
memory.settle()
with frame.guard():
    now.show()
    sections.show()
