"""What stands around every page: set-up, sign-in and navigation."""

import streamlit as st

from komet_import.access import role_name
from komet_import.language import _
from komet_import.ui import theme
from komet_import.ui.navigation import navigate
from komet_import.ui.wiring import require_desk, worker

theme.apply()
desk = require_desk()
worker(desk)

page = navigate(desk)
with theme.top_bar(desk.company.name, desk.person.name):
    st.caption(
        _("{email}, {role} of {company}").format(
            email=desk.person.email, role=role_name(desk.person), company=desk.company.name
        )
    )
page.run()
