"""What stands around every page: set-up, sign-in and navigation."""

import streamlit as st

from komet_import.ui import theme
from komet_import.ui.navigation import navigate
from komet_import.ui.wiring import require_desk, worker

theme.apply()
desk = require_desk()
worker(desk)

page = navigate(desk)
with theme.top_bar(desk.company.name, desk.person.name):
    st.caption(f"{desk.person.email}, {desk.person.role.value} of {desk.company.name}")
page.run()
