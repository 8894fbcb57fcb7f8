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
    from ui import analysis, state, warming
    from ui.components import (
        answer,
        case_picker,
        evidence,
        heatmap_look,
        heatmap_target,
        image_facts,
        model_card,
    )

    bundles = catalogue.bundles()
    case, model, pressed = case_picker.show("case", bundles)
    progress = st.container(key="progress")
    if case is not None:
        prediction = state.result(case.key, model.name) if model else None
        if model and pressed:
            prediction = analysis.run(case, model.name, progress)
        with st.container(key="reading"):
            with st.container(key="verdict"):
                answer.show(prediction, case)
            with st.container(key="picture"):
                evidence.picture("viewer", case, prediction)
            with st.container(key="heat"):
                if prediction and prediction.heatmap:
                    heatmap_target.show("viewer", case, prediction)
                    heatmap_look.show("viewer", case, prediction)
            with st.container(key="sureness"):
                if prediction and prediction.probabilities:
                    evidence.bars("bars", prediction)
            with st.container(key="about"):
                image_facts.show("facts", case)
                if model:
                    with st.expander("About this model", icon=":material/model_training:"):
                        model_card.show(model.card)
    if model:
        warming.also(model.name)
    warming.behind_the_page()
