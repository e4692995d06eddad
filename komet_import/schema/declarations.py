"""The kinds of import that there are, by the name that drafts and imports are stored with."""

from __future__ import annotations

from collections.abc import Iterator

from komet_import.schema.column import Column, Declaration
from komet_import.schema.customers import CUSTOMERS

DECLARATIONS: dict[str, Declaration] = {declaration.kind: declaration for declaration in (CUSTOMERS,)}
USUAL = CUSTOMERS  # what a file is read as where nothing says otherwise


def all_columns() -> Iterator[Column]:
    """Those of every declaration."""
    return (column for declaration in DECLARATIONS.values() for column in declaration.columns)


def company_lists() -> dict[str, Column]:
    """The columns whose values come from a company's own list, by the list's key; of several, the first."""
    lists: dict[str, Column] = {}
    for column in all_columns():
        if column.is_company_list:
            lists.setdefault(column.key, column)
    return lists
