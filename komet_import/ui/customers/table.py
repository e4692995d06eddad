"""The table of stored customers: what is clicked in it opens a customer or turns the order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from komet_import.desk import Desk
from komet_import.language import _
from komet_import.schema.customers import CUSTOMERS, ID_KEY, NAME_KEY
from komet_import.store.customers import LAST_CHANGE, CustomerRow, Order
from komet_import.ui import words
from komet_import.ui.list_table import ListColumn, ListRow, list_table

_BESIDE_A_CARD = 5  # columns; the others are in the card


def customer_table(
    desk: Desk,
    rows: Sequence[CustomerRow],
    order: Order,
    chosen: str | None,
    choose: Callable[[int], None],
    sort: Callable[[str], None],
) -> None:
    """The listed columns, as the template writes them, and the last change: the first of them beside the card of `chosen`, an ID or anything.

    A click on a row calls `choose` with its ID, one on a header `sort` with the column's key.
    """
    headers = sort_headers()
    shown = list(headers)[: len(headers) if chosen is None else _BESIDE_A_CARD]
    positions = {column.key: n for n, column in enumerate(CUSTOMERS.value_columns)}
    now = datetime.now(UTC)
    list_table(
        "customer-list",
        _("The stored customers"),
        [
            ListColumn(headers[key], key, "number" if key == ID_KEY else "text", opens=key == NAME_KEY)
            for key in shown
        ],
        [
            ListRow(
                [_text(desk, row, key, positions, now) for key in shown],
                row.record_id,
                f"/customers?customer={row.record_id}",
            )
            for row in rows
        ],
        order=(order.by, order.descending),
        chosen=chosen,
        choose=choose,
        sort=sort,
    )


def sort_headers() -> dict[str, str]:
    """By what the customers can be sorted: the keys and headers of the columns that their table shows."""
    keys = (*CUSTOMERS.listed, ID_KEY)
    return {key: CUSTOMERS.by_key[key].header for key in keys} | {LAST_CHANGE: _("Last change")}


def _text(desk: Desk, row: CustomerRow, key: str, positions: dict[str, int], now: datetime) -> str:
    if key == ID_KEY:
        return str(row.record_id)
    if key == LAST_CHANGE:
        return words.short(row.updated_at, desk.company, now)
    return row.texts[positions[key]]
