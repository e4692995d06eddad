"""A run that takes long, under the app's own style."""

import time

import streamlit as st

from komet_import.ui import theme

theme.apply()
st.write("It has begun.")
time.sleep(4)
st.write("It is over.")
