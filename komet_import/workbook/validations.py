"""Excel's own checks of what is typed, and the hidden sheet with the values of its drop-downs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import Column, KindName
from komet_import.schema.company import Company
from komet_import.schema.countries import country_names
from komet_import.schema.kinds import choices
from komet_import.workbook.cells import put_text
from komet_import.workbook.row_xml import FIRST_ROW
from komet_import.workbook.wording import dialog_title, prompt, refusal

LISTS_SHEET = "Lists"
_LAST_ROW = 1_048_576
_LARGEST_WHOLE = 10**15 - 1  # Excel holds 15 digits


def add_validations(
    workbook: Workbook, sheet: Worksheet, columns: Sequence[Column], company: Company
) -> None:
    """Checks every cell of the columns below the header, to the sheet's end; adds the hidden sheet."""
    lists = workbook.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    ranges: dict[tuple[str, ...], str] = {}
    for position, column in enumerate(columns, 1):
        values = _listed(column, company)
        if values and values not in ranges:
            ranges[values] = _write_list(lists, len(ranges) + 1, column, values)
        check = _list_check(ranges[values]) if values else _limit_check(column)
        if check is None:
            continue
        letter = get_column_letter(position)
        check.add(f"{letter}{FIRST_ROW}:{letter}{_LAST_ROW}")
        _explain(check, column, company)
        sheet.add_data_validation(check)


def _listed(column: Column, company: Company) -> tuple[str, ...]:
    if column.kind is KindName.BOOLEAN:
        return ("Yes", "No")
    if column.kind is KindName.COUNTRY:
        return country_names()
    if column.kind is KindName.CODE:
        return company.active_locations
    return choices(column, company) if column.kind is KindName.CHOICE else ()


def _write_list(lists: Worksheet, position: int, column: Column, values: tuple[str, ...]) -> str:
    """The list's range. Its heading is none of our headers, or the sheet could be taken for the one to import."""
    put_text(lists, 1, position, f"Values of {column.header}")
    for row, value in enumerate(values, 2):
        put_text(lists, row, position, value)
    letter = get_column_letter(position)
    return f"{LISTS_SHEET}!${letter}$2:${letter}${len(values) + 1}"


def _list_check(source: str) -> DataValidation:
    return DataValidation(type="list", formula1=source)


def _limit_check(column: Column) -> DataValidation | None:
    if column.decimals is not None:
        digits, places = column.decimals
        largest = column.maximum or Decimal(10) ** (digits - places) - Decimal(1).scaleb(-places)
        smallest = -largest if column.minimum is None else column.minimum
        return _between("decimal", smallest, largest)
    if column.kind is KindName.INTEGER:
        return _between("whole", 1, _LARGEST_WHOLE)
    if column.max_length is None or column.kind in (KindName.CHOICE, KindName.CODE):
        return None  # a list without values yet: nothing to choose from
    return DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(column.max_length))


def _between(kind: str, smallest: Decimal | int, largest: Decimal | int) -> DataValidation:
    return DataValidation(type=kind, operator="between", formula1=str(smallest), formula2=str(largest))


def _explain(check: DataValidation, column: Column, company: Company) -> None:
    """A country may be written in more ways than the list has, so there Excel only asks."""
    check.allow_blank = True
    check.errorStyle = "warning" if column.kind is KindName.COUNTRY else "stop"
    check.showErrorMessage = True
    check.errorTitle, check.error = dialog_title(column), refusal(column)
    hint = prompt(column, company)
    if hint is not None:
        check.showInputMessage = True
        check.promptTitle, check.prompt = dialog_title(column), hint
