"""Excel's own checks of what is typed, and the hidden sheet with the values of its drop-downs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.language import _
from komet_import.schema.column import Column
from komet_import.schema.company import Company
from komet_import.schema.kinds import Storage, kind_of, options
from komet_import.workbook.cells import text_cell
from komet_import.workbook.wording import dialog_title, prompt, refusal

LISTS_SHEET = "Lists"
FIRST_ROW = 2  # below the header
_LAST_ROW = 1_048_576
_LARGEST_WHOLE = 10**15 - 1  # Excel holds 15 digits


def add_validations(
    workbook: Workbook, sheet: Worksheet, columns: Sequence[Column], company: Company, first: int = 1
) -> None:
    """Checks every cell of the columns below the header, to the sheet's end; adds the hidden sheet.

    `first` is the position in the sheet of the first of them, from 1.
    """
    lists: dict[tuple[str, ...], str] = {}  # the heading of each list of values
    for position, column in enumerate(columns, first):
        values = options(column, company)
        if values:
            lists.setdefault(values, _("Values of {column}").format(column=column.header))
        check = _list_check(list(lists).index(values) + 1, values) if values else _limit_check(column)
        if check is None:
            continue
        letter = get_column_letter(position)
        check.add(f"{letter}{FIRST_ROW}:{letter}{_LAST_ROW}")
        _explain(check, column, company)
        sheet.data_validations.append(check)
    _write_lists(workbook, lists)


def _list_check(position: int, values: tuple[str, ...]) -> DataValidation:
    letter = get_column_letter(position)
    return DataValidation(type="list", formula1=f"{LISTS_SHEET}!${letter}$2:${letter}${len(values) + 1}")


def _write_lists(workbook: Workbook, lists: Mapping[tuple[str, ...], str]) -> None:
    """A column each. A heading is none of our headers, or the sheet could be taken for the one to import."""
    sheet = workbook.create_sheet(LISTS_SHEET)
    sheet.sheet_state = "hidden"
    sheet.append([text_cell(sheet, heading) for heading in lists.values()])
    for row in zip_longest(*lists):
        sheet.append([None if value is None else text_cell(sheet, value) for value in row])


def _limit_check(column: Column) -> DataValidation | None:
    if column.decimals is not None:
        digits, places = column.decimals
        largest = column.maximum or Decimal(10) ** (digits - places) - Decimal(1).scaleb(-places)
        smallest = -largest if column.minimum is None else column.minimum
        return _between("decimal", smallest, largest)
    if kind_of(column).storage is Storage.INTEGER:
        return _between("whole", 1, _LARGEST_WHOLE)
    if kind_of(column).is_date:
        return DataValidation(type="date", operator="greaterThanOrEqual", formula1="1")
    if column.max_length is None or kind_of(column).is_chosen:
        return None  # a list without values yet: nothing to choose from
    return DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(column.max_length))


def _between(kind: str, smallest: Decimal | int, largest: Decimal | int) -> DataValidation:
    return DataValidation(type=kind, operator="between", formula1=str(smallest), formula2=str(largest))


def _explain(check: DataValidation, column: Column, company: Company) -> None:
    """Where more spellings are understood than the list has, Excel only asks."""
    check.allow_blank = True
    check.errorStyle = "warning" if kind_of(column).open_ended else "stop"
    check.showErrorMessage = True
    check.errorTitle, check.error = dialog_title(column), refusal(column)
    hint = prompt(column, company)
    if hint is not None:
        check.showInputMessage = True
        check.promptTitle, check.prompt = dialog_title(column), hint
