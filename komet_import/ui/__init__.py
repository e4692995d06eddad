"""Streamlit parts that the pages share: looks, layout, the review grid, wiring."""
