"""The table of stored customers: what is clicked in it chooses a customer or the order."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from komet_import.desk import Desk
from komet_import.language import _
from komet_import.schema.customers import CUSTOMERS, ID_KEY
from komet_import.store.customers import LAST_CHANGE, CustomerRow, Order
from komet_import.ui import words


def customer_table(
    desk: Desk,
    rows: Sequence[CustomerRow],
    order: Order,
    chosen: str,
    choose: Callable[[int | None], None],
    sort: Callable[[str], None],
) -> None:
    """The listed columns, as the template writes them, and the last change; `chosen` is an ID, or anything.

    A click on a row calls `choose` with its ID, one on a header `sort` with the column's key.
    """
    ids = [row.record_id for row in rows]
    key = f"customers-{zlib.crc32(repr((ids, order)).encode())}"  # other rows are another table: none stays marked
    st.dataframe(
        _customer_frame(desk, rows),
        hide_index=True,
        row_height=32,
        height="content" if len(rows) < 16 else 560,
        column_config=_customer_columns(order),
        on_select=partial(_customer_clicked, key, ids, choose, sort),
        selection_mode=["single-row", "single-column", "single-cell"],
        selection_default={
            "selection": {"rows": [n for n, record_id in enumerate(ids) if str(record_id) == chosen]}
        },
        key=key,
        alt=_("The stored customers"),
    )


def sort_headers() -> dict[str, str]:
    """By what the customers can be sorted: the keys and headers of the columns that their table shows."""
    keys = (*CUSTOMERS.listed, ID_KEY)
    return {key: CUSTOMERS.by_key[key].header for key in keys} | {LAST_CHANGE: _("Last change")}


def _customer_clicked(
    key: str, ids: Sequence[int], choose: Callable[[int | None], None], sort: Callable[[str], None]
) -> None:
    clicked = st.session_state[key]["selection"]
    if clicked["columns"]:
        sort({header: by for by, header in sort_headers().items()}[clicked["columns"][0]])
        return
    rows = [*(row for row, _column in clicked["cells"]), *clicked["rows"]]
    choose(ids[rows[0]] if rows else None)


def _customer_frame(desk: Desk, rows: Sequence[CustomerRow]) -> pd.DataFrame:
    positions = {column.key: n for n, column in enumerate(CUSTOMERS.value_columns)}
    headers = sort_headers()
    now = datetime.now(UTC)
    texts = {headers[key]: [row.texts[positions[key]] for row in rows] for key in CUSTOMERS.listed}
    return pd.DataFrame(
        texts
        | {
            headers[ID_KEY]: [row.record_id for row in rows],
            headers[LAST_CHANGE]: [words.short(row.updated_at, desk.company, now) for row in rows],
        }
    )


def _customer_columns(order: Order) -> dict[str, Any]:
    arrow = " ↓" if order.descending else " ↑"
    labels = {header: header + (arrow if by == order.by else "") for by, header in sort_headers().items()}
    number = sort_headers()[ID_KEY]
    texts = {header: st.column_config.TextColumn(label) for header, label in labels.items()}
    return texts | {number: st.column_config.NumberColumn(labels[number], format="%d")}
