"""What a screen shows as a file: .xlsx or CSV, made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from komet_import.ui.commit import XLSX
from komet_import.ui.markdown import escape_markdown
from komet_import.workbook.table_file import MOST_ROWS, TableCell, write_csv, write_xlsx


@dataclass(frozen=True)
class Table:
    """`name` is the file's, `count` how many rows there will be; times are local ones without a zone."""

    title: str
    name: str
    headers: Sequence[str]
    rows: Callable[[], Iterable[Sequence[TableCell]]]
    count: int


def download_menu(tables: Sequence[Table], key: str) -> DeltaGenerator:
    """One button that opens to a line for each table; returns it, for more."""
    menu = st.popover("Download", icon=":material/download:", key=key)
    with menu:
        for table in tables:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(escape_markdown(table.title), width="stretch")
                _button(table, "xlsx", XLSX, _workbook)
                _button(table, "csv", "text/csv", _csv)
    return menu


def _button(table: Table, ending: str, mime: str, make: Callable[[Table], bytes]) -> None:
    too_long = ending == "xlsx" and table.count > MOST_ROWS
    st.download_button(
        f".{ending}",
        data=partial(make, table),
        file_name=f"{table.name}.{ending}",
        mime=mime,
        key=f"download-{table.name}-{ending}",
        help=f"A sheet ends after {MOST_ROWS:,} rows; CSV has no end." if too_long else None,
        disabled=too_long or not table.count,
        on_click="ignore",
    )


def _workbook(table: Table) -> bytes:
    out = BytesIO()
    write_xlsx(out, table.title[:31], table.headers, table.rows())
    return out.getvalue()


def _csv(table: Table) -> bytes:
    out = BytesIO()
    write_csv(out, table.headers, table.rows())
    return out.getvalue()
