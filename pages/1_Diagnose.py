"""What does the model see here?

Choose a sample case or bring an image of your own, and read the model's answer, how sure it
is, and which regions spoke for it.
"""

from ui import frame

ICON = "troubleshoot"

frame.begin("Diagnose", "What does the model see here?")
with frame.guard():
    # Under the frame, because the first time these take a second or two.
    import streamlit as st

    from core.services import catalogue
    from ui import warming
    from ui.components import case_picker
    from ui.diagnose import exam_view, guided, reading

    bundles, model = catalogue.bundles("image", "patch"), None
    if guided.wanted():
        guided.show(bundles)
    else:
        case, model, pressed = case_picker.show("case", [*bundles, *catalogue.bundles("exam")])
        progress = st.container(key="progress")
        if case and model and model.card.kind == "exam":
            exam_view.alone(case, model, asked=pressed)
        elif case is not None:
            reading.show(case, model, bundles, progress, asked=pressed)
    if model:
        warming.also(model.name)
    warming.behind_the_page()
