"""The app: its screens behind the guard of every route. `streamlit run app.py`."""

import streamlit as st

from komet_import.ui.clicks import keep_clicks
from komet_import.ui.guard import MIDDLEWARE

keep_clicks()
app = st.App("pages/main.py", middleware=MIDDLEWARE)
