"""Can I trust it?

Put a trained model to images whose truth is known: how good it is, how sure that is, and
on which images it fails.
"""

from ui import frame

ICON = "fact_check"

frame.begin("Evaluate", "Can I trust it?")
with frame.guard():
    # Under the frame, because the first time these take a second or two.
    from core.services.judgeable import choices as at_hand
    from ui.data import stock
    from ui.evaluate import choosing, look, memory, offers, results, work

    look.begin()
    choices, datasets = at_hand(), stock.finished(stock.listing())
    busy = work.busy()
    if not busy:
        memory.arrive(datasets)
    if not choices or not datasets:
        work.show()
        offers.nothing_yet(choices, waiting=busy)
    else:
        wish = choosing.show(choices, datasets)
        work.show()
        if memory.adding():
            offers.new_images(choices, wish.models if wish else ())
        elif wish and not offers.missing(wish, busy=busy):
            results.show(wish)
