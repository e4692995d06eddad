"""A list as a table whose rows open by a click anywhere in them, by Enter on their name, or in another tab.

It is a table of the page and no picture of one: each text keeps its direction, and on a narrow screen rows are cards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from komet_import.ui.theme import ASSETS, TONE_NAMES, Tone

_HTML = (
    '<div class="frame"><div class="box"><table role="table"><thead class="head" role="rowgroup"></thead>'
    '<tbody class="body" role="rowgroup"></tbody></table></div></div>'
)
HIGH, LOW = 560, 330  # pixels at most: a list that is the page, and one of several


@dataclass(frozen=True)
class ListColumn:
    """`key` is what a click on the header calls `sort` with; None: it does nothing.

    A `text` keeps to its line, a `value` may take several, a `sentence` is ours, so that its direction is known.
    """

    header: str
    key: str | None = None
    kind: Literal["text", "number", "value", "sentence"] = "text"
    opens: bool = False


@dataclass(frozen=True)
class Look:
    """A text that is a badge, or quiet without a tone."""

    text: str
    tone: Tone | None = None


Cell = str | int | Look | None


@dataclass(frozen=True)
class ListRow:
    """`address` is where the row opens, for whoever wants it in another tab; None: it does not open."""

    cells: Sequence[Cell]
    record_id: int | None = None
    address: str | None = None


def list_table(
    key: str,
    label: str,
    columns: Sequence[ListColumn],
    rows: Iterable[ListRow],
    *,
    order: tuple[str, bool] | None = None,
    chosen: str | None = None,
    choose: Callable[[int], None] | None = None,
    sort: Callable[[str], None] | None = None,
    height: int = HIGH,
) -> None:
    """`label` is for those who do not see it, `order` the key of the column that it is in and whether it falls, `chosen` an ID or anything.

    `choose` is called with the opened row's `record_id`, `sort` with a column's key, both before the run that follows.
    """
    _component()(
        key=key,
        data={
            "label": label,
            "columns": [_column(column, order) for column in columns],
            "rows": [
                {"id": row.record_id, "href": row.address, "cells": list(map(_cell, row.cells))}
                for row in rows
            ],
            "chosen": chosen,
            "height": height,
        },
        on_opened_change=partial(_told, key, "opened", lambda given: choose and choose(int(given))),
        on_sorted_change=partial(_told, key, "sorted", lambda given: sort and sort(str(given))),
    )


def _told(key: str, event: Literal["opened", "sorted"], deal: Callable[[str], object]) -> None:
    deal(st.session_state[key][event])


def _column(column: ListColumn, order: tuple[str, bool] | None) -> dict[str, object]:
    falls = order[1] if order is not None and order[0] == column.key else None
    return {
        "header": column.header,
        "key": column.key,
        "kind": column.kind,
        "opens": column.opens,
        "order": None if falls is None else "descending" if falls else "ascending",
    }


def _cell(cell: Cell) -> dict[str, str]:
    if isinstance(cell, Look):
        return {"text": cell.text, "look": TONE_NAMES[cell.tone] if cell.tone else "quiet"}
    return {"text": f"{cell:,}" if isinstance(cell, int) else cell or ""}


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component("komet-list", html=_HTML, css=_asset("css"), js=_asset("js"))


@cache
def _asset(ending: str) -> str:
    return (ASSETS / f"list_table.{ending}").read_text(encoding="utf-8")
