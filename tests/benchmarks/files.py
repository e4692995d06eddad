"""The files that the jobs leave for each other, in one folder."""

from __future__ import annotations

FILE = "customers.xlsx"  # what is read, judged and imported
STORED = "stored.xlsx"  # what was imported before it
EXISTING = "existing.xlsx"
SMALL, WARMING = "small.xlsx", "warming.xlsx"
SMALL_ROWS = 500
DATA = "data"  # the app's folder, as KOMET_DATA_DIR
DATABASE = f"{DATA}/komet.sqlite3"
