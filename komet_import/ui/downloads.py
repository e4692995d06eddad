"""Files to download, each made when it is asked for, and what a screen shows as one: .xlsx or CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Literal
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from komet_import.language import _
from komet_import.ui.markdown import escape_markdown
from komet_import.workbook.table_file import MOST_ROWS, TableCell, write_csv, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


def download_button(
    label: str,
    make: Callable[[], bytes],
    file_name: str,
    mime: str,
    *,
    key: str,
    icon: str | None = ":material/download:",
    look: Literal["primary", "secondary", "tertiary"] = "secondary",
    width: Literal["content", "stretch"] = "content",
    help_text: str | None = None,
    disabled: bool = False,
) -> None:
    """The only way to offer a file.

    Streamlit holds two files of more than 1 MiB for one when length, name, type and three samples agree, and hands
    out the first. A parameter of the type tells them apart; the name stays the one that a person expects.
    """
    st.download_button(
        label,
        data=make,
        file_name=file_name,
        mime=f"{mime}; download={uuid4().hex}",
        key=key,
        icon=icon,
        type=look,
        width=width,
        help=help_text,
        disabled=disabled,
        on_click="ignore",
    )


@dataclass(frozen=True)
class TableDownload:
    """`name` is the file's, `count` how many rows there will be; times are local ones without a zone."""

    title: str
    name: str
    headers: Sequence[str]
    rows: Callable[[], Iterable[Sequence[TableCell]]]
    count: int


def download_menu(tables: Sequence[TableDownload], key: str) -> DeltaGenerator:
    """One button that opens to a line for each table; returns it, for more."""
    menu = st.popover(_("Download"), icon=":material/download:", key=key)
    with menu:
        for table in tables:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(escape_markdown(table.title), width="stretch")
                _button(table, "xlsx", XLSX, _workbook)
                _button(table, "csv", CSV, _csv)
    return menu


def _button(table: TableDownload, ending: str, mime: str, make: Callable[[TableDownload], bytes]) -> None:
    too_long = ending == "xlsx" and table.count > MOST_ROWS
    download_button(
        f".{ending}",
        partial(make, table),
        f"{table.name}.{ending}",
        mime,
        key=f"download-{table.name}-{ending}",
        icon=None,
        help_text=_("A sheet ends after {most:,} rows; CSV has no end.").format(most=MOST_ROWS)
        if too_long
        else None,
        disabled=too_long or not table.count,
    )


def _workbook(table: TableDownload) -> bytes:
    out = BytesIO()
    write_xlsx(out, table.title[:31], table.headers, table.rows())
    return out.getvalue()


def _csv(table: TableDownload) -> bytes:
    out = BytesIO()
    write_csv(out, table.headers, table.rows())
    return out.getvalue()
