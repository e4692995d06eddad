"""What the workbooks say of a column, in its header's note, on the Instructions sheet and when Excel refuses a value."""

from __future__ import annotations

from komet_import.schema.column import Colour, Column, Declaration
from komet_import.schema.company import Company
from komet_import.schema.kinds import Storage, choices, kind_of
from komet_import.schema.problems import Severity

NOT_NEEDED = "Not needed: this company has a single location, and a value here is not stored"
REASON_NOTE = "Why the row was not imported. This column is ignored when the file is uploaded again."
PROBLEM_MEANINGS = {
    Severity.ERROR: "Correct this cell; until then, its row is not imported",
    Severity.WARNING: "Look at this cell; it may be right as it is",
}
_TITLE_LIMIT, _TEXT_LIMIT = 32, 225  # Excel refuses a file whose prompts and errors are longer


def need(column: Column, company: Company) -> str:
    """The colour's meaning, in this company."""
    if column.colour is Colour.BLUE and not company.multi_location:
        return NOT_NEEDED
    return column.colour.meaning


def type_words(column: Column) -> str:
    """The kind, for people."""
    return kind_of(column).words


def limit_words(column: Column) -> str:
    """The limit of a cell's length or size; "" where the list of values is the limit."""
    if column.decimals is not None:
        digits, places = column.decimals
        return f"at most {digits - places} digits before the point and {places} after it"
    if column.max_length is None:
        return ""
    if kind_of(column).digits:
        return f"at most {column.max_length} digits"
    return "one character" if column.max_length == 1 else f"at most {column.max_length} characters"


def format_words(column: Column, company: Company) -> str:
    """The declared format; of a company's list, its first values."""
    if not column.is_company_list:
        return column.format
    values = choices(column, company)
    if not values:
        return "company list, which is empty: leave the column blank"
    return _clip(f"company list: {', '.join(values)}", 160)


def header_note(column: Column, company: Company) -> str:
    """All there is to know of a column, a line each."""
    facts = (
        ("Type", ", ".join(words for words in (type_words(column), limit_words(column)) if words)),
        ("Format", format_words(column, company)),
        ("Rule", column.rule),
        ("Example", column.example),
    )
    return "\n".join([need(column, company), *(f"{name}: {words}" for name, words in facts if words)])


def prompt(column: Column, company: Company) -> str | None:
    """What Excel shows beside a cell as it is chosen, where the format cannot be guessed."""
    kind = kind_of(column)
    if kind.of_locations and kind.separator:
        active = [location for location in company.locations if location.active]
        known = ", ".join(f"{location.code} ({location.name})" for location in active)
        return _clip(f"Codes joined by colons, like {':'.join(company.active_locations[:2])}. {known}")
    if (kind.separator or column.decimals) and column.format:
        return _clip(f"{capital(column.format)}.")
    return None


def refusal(column: Column) -> str:
    """What Excel says to a value that its own check does not let through."""
    kind = kind_of(column)
    if kind.open_ended:
        return "The list does not have this. A country's ISO code or usual name is fine too. Keep it?"
    if column.decimals:
        return _clip(f"Type a number, {column.format or limit_words(column)}.")
    if kind.is_date:
        return "Type a date, like 2026-11-23."
    if kind.storage is Storage.INTEGER:
        return "Type the number that Komet gave this customer, or leave the cell blank for a new one."
    if kind.is_chosen:
        return "Choose one of the list's values, or leave the cell blank."
    return f"Type {limit_words(column)}."


def dialog_title(column: Column) -> str:
    """The header, as long as Excel allows a title to be."""
    return _clip(column.header, _TITLE_LIMIT)


def instructions(declaration: Declaration) -> tuple[str, ...]:
    """How to fill in the sheet, a paragraph each."""
    title = declaration.title
    found_by = "; without one, by its ".join(column.header for column in declaration.finding_columns)
    return (
        f"Fill in the sheet {title}, one row each, below the headers. Keep the headers as they are; "
        "optional columns you do not need may be deleted, and their order does not matter.",
        f"A row finds what is stored by its {found_by}. A row that finds nothing is new.",
        "A column that is missing from the file is never touched. A blank cell keeps the stored value, unless you "
        "choose “blank cells clear the stored value” when you import.",
        "Nothing is stored before you have seen what would change and have confirmed it.",
    )


def discrepancy_instructions(reason_header: str) -> tuple[str, ...]:
    """The same for the workbook of rejected rows."""
    return (
        "This file holds just the rows that were not imported. The coloured cells are the ones to look at; "
        f"the last column, {reason_header}, says why.",
        "Correct the cells and upload this file again: just these rows are imported. "
        f"The column {reason_header} is ignored, and may stay.",
    )


def capital(text: str) -> str:
    """As a sentence begins."""
    return text[:1].upper() + text[1:]


def _clip(text: str, limit: int = _TEXT_LIMIT) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip(', ')}…"
