"""What am I feeding it?

Make or add a dataset, see what it is made of, try how images are prepared, and divide it
so that the test stays honest.
"""

from ui import frame
from ui.data import adding, answer, empty, look, memory, picker, sections, stock, work

ICON = "database"

frame.begin("Data", "What am I feeding it?")
look.begin()
memory.settle()
with frame.guard():
    items = stock.listing()
    dataset = picker.show(items)
    waiting = work.show(items)
    if memory.adding():
        adding.show()
    elif dataset is None:
        empty.show(waiting=waiting)
    else:
        facts = stock.facts(dataset)
        answer.show(dataset, facts)
        sections.show(dataset, facts)
