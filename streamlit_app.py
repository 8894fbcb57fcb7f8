"""The entry: what Mammolens is, what is ready, and where to go.

A server imports this file once, for `app`, and runs it as a script for every visitor who
opens the first page. The page itself is drawn by `ui.home`, so that an import draws nothing.
"""

import streamlit as st

from core.api import mounting
from ui import chart_library, home, warming

if __name__ == "__main__":
    home.show()
else:
    app = st.App(
        "streamlit_app.py",
        routes=[warming.ROUTE, chart_library.ROUTE, *mounting.ROUTES],
        lifespan=mounting.lifespan,
    )
