"""The columns of the review grid, from the declaration: coloured headers, widths, editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from st_aggrid import JsCode

from komet_import.language import _
from komet_import.schema.column import Colour, Column

OWN_COLUMNS = ("_row", "_action")  # of the grid, before the file's
# What the definitions name by `type`: the grid's script, which AG Grid takes from options that never change.
COLUMN_TYPES: dict[str, dict[str, Any]] = {
    "text": {"cellRenderer": JsCode("komet.Cell"), "valueSetter": JsCode("komet.setText")},
    "chosen": {"cellEditorSelector": JsCode("komet.listEditor")},
    "action": {
        "valueGetter": JsCode("komet.action"),
        "valueSetter": JsCode("komet.setAction"),
        "cellEditorSelector": JsCode("komet.actionEditor"),
    },
}
_WIDTH_OF_A_LETTER = 7.5
_HEADER_MARGIN = 34
_CELL_MARGIN = 20
_WIDEST = 216


def column_definitions(
    columns: Sequence[Column],
    with_choices: AbstractSet[str],
    blue_required: bool,
    longest: Mapping[str, int],
) -> list[dict[str, Any]]:
    """AG Grid's `columnDefs`: Row and Action pinned at the left, then the columns; `longest` are the characters, by key,
    of what stands in a column that shows more than its values.
    """
    return [_row_column(), _action_column()] + [
        _definition(column, column.key in with_choices, blue_required)
        | ({"minWidth": _wide(longest[column.key])} if column.key in longest else {})
        for column in columns
    ]


def header_words(colour: Colour, blue_required: bool) -> str:
    """The second line of a header."""
    return _("Not needed") if colour is Colour.BLUE and not blue_required else colour.words


def _definition(column: Column, with_choices: bool, blue_required: bool) -> dict[str, Any]:
    unneeded = column.colour is Colour.BLUE and not blue_required
    return {
        "field": column.key,
        "headerName": column.header,
        "headerClass": f"komet-{column.colour.value}",
        "headerTooltip": _("Not needed: the company has a single location")
        if unneeded
        else column.colour.meaning,
        "initialWidth": _width(column),
        "type": ["text", "chosen"] if with_choices else ["text"],
    }


def _width(column: Column) -> int:
    """Pixels: the header fits on one line, and so do most values."""
    header = round(len(column.header) * _WIDTH_OF_A_LETTER) + _HEADER_MARGIN
    values = 178 if (column.max_length or 0) >= 200 else 112
    return max(header, values)


def _wide(characters: int) -> int:
    """Pixels, at most so many that a few such columns stand side by side."""
    return min(round(characters * _WIDTH_OF_A_LETTER) + _CELL_MARGIN, _WIDEST)


def _row_column() -> dict[str, Any]:
    return {
        "field": "_row",
        "headerName": _("Row"),
        "headerTooltip": _("The row's number in the sheet"),
        "pinned": "left",
        "initialWidth": 58,
        "editable": False,
        "cellDataType": "number",
        "cellClass": ["komet-quiet", "komet-number"],
    }


def _action_column() -> dict[str, Any]:
    return {
        "field": "_action",
        "headerName": _("Action"),
        "headerTooltip": _(
            "What becomes of the row; its menu, by Enter or a double click, skips it or takes it back"
        ),
        "pinned": "left",
        "initialWidth": 178,  # an action, and where its first error is
        "type": ["action"],
        "cellClass": "komet-quiet",
    }
