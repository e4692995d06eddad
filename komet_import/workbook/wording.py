"""What the workbooks say of a column, in its header's note, on the Instructions sheet and when Excel refuses a value."""

from __future__ import annotations

from komet_import.language import N_, _, ngettext
from komet_import.schema.column import REASON_HEADER, ROW_HEADER, Colour, Column, Declaration
from komet_import.schema.company import Company
from komet_import.schema.kinds import Storage, choices, kind_of, words_of
from komet_import.schema.problems import Severity

COLOUR_NAMES = {Colour.GREEN: N_("Green"), Colour.RED: N_("Red"), Colour.BLUE: N_("Blue")}
PROBLEM_NAMES = {Severity.ERROR: N_("Error"), Severity.WARNING: N_("Warning")}
PROBLEM_MEANINGS = {
    Severity.ERROR: N_("Correct this cell; until then, its row is left out"),
    Severity.WARNING: N_("Look at this cell; it may be right as it is"),
}
_TITLE_LIMIT, _TEXT_LIMIT = 32, 225  # Excel refuses a file whose prompts and errors are longer


def need(column: Column, company: Company) -> str:
    """The colour's meaning, in this company."""
    if column.colour is Colour.BLUE and not company.multi_location:
        return _("Not needed: this company has a single location, and a value here is not stored")
    return column.colour.meaning


def limit_words(column: Column) -> str:
    """The limit of a cell's length or size; "" where the list of values is the limit."""
    if column.decimals is not None:
        digits, places = column.decimals
        return _("at most {digits} digits before the point and {places} after it").format(
            digits=digits - places, places=places
        )
    longest = column.max_length
    if longest is None:
        return ""
    if kind_of(column).digits:
        return ngettext("at most {count} digit", "at most {count} digits", longest).format(count=longest)
    return ngettext("one character", "at most {count} characters", longest).format(count=longest)


def format_words(column: Column, company: Company) -> str:
    """The declared format; of a company's list, its first values."""
    if not column.is_company_list:
        return column.format
    values = choices(column, company)
    if not values:
        return _("company list, which is empty: leave the column blank")
    return _clip(_("company list: {values}").format(values=", ".join(values)), 160)


def header_note(column: Column, company: Company) -> str:
    """All there is to know of a column, a line each."""
    type_and_limit = ", ".join(words for words in (words_of(column), limit_words(column)) if words)
    facts = (
        (_("Type: {words}"), type_and_limit),
        (_("Format: {words}"), format_words(column, company)),
        (_("Rule: {words}"), column.rule),
        (_("Example: {words}"), column.example),
    )
    return "\n".join([need(column, company), *(line.format(words=words) for line, words in facts if words)])


def prompt(column: Column, company: Company) -> str | None:
    """What Excel shows beside a cell as it is chosen, where the format cannot be guessed."""
    kind = kind_of(column)
    if kind.of_locations and kind.separator:
        active = [location for location in company.locations if location.active]
        known = ", ".join(f"{location.code} ({location.name})" for location in active)
        sentence = _("Codes joined by colons, like {codes}. {known}")
        return _clip(sentence.format(codes=":".join(company.active_locations[:2]), known=known))
    if (kind.separator or column.decimals) and column.format:
        return _clip(f"{capital(column.format)}.")
    return None


def refusal(column: Column) -> str:
    """What Excel says to a value that its own check does not let through."""
    kind = kind_of(column)
    if kind.open_ended:
        return _(
            "The list does not have this. A country's two-letter code or usual name is fine too. Keep it?"
        )
    if column.decimals:
        return _clip(_("Type a number, {format}.").format(format=column.format or limit_words(column)))
    if kind.is_date:
        return _("Type a date, like 2026-11-23.")
    if kind.storage is Storage.INTEGER:
        return _("Type the number that Komet gave this customer, or leave the cell blank for a new one.")
    if kind.is_chosen:
        return _("Choose one of the list's values, or leave the cell blank.")
    return _("Type {limit}.").format(limit=limit_words(column))


def dialog_title(column: Column) -> str:
    """The header, as long as Excel allows a title to be."""
    return _clip(column.header, _TITLE_LIMIT)


def instructions(declaration: Declaration) -> tuple[str, ...]:
    """How to fill in the sheet, a paragraph each."""
    return (
        _(
            "Fill in the sheet {sheet}, one row each, below the headers. Keep the headers as they are; optional columns you do not need may be deleted, and their order does not matter."
        ).format(sheet=declaration.title),
        _how_rows_are_found(declaration),
        _(
            "A column that is missing from the file is never touched. A blank cell keeps the stored value, unless you choose “blank cells clear the stored value” when you import."
        ),
        _("Nothing is stored before you have seen what would change and have confirmed it."),
    )


def _how_rows_are_found(declaration: Declaration) -> str:
    first, *others = (column.header for column in declaration.finding_columns)
    if not others:
        sentence = _("A row finds what is stored by its {first}. A row that finds nothing is new.")
        return sentence.format(first=first)
    return _(
        "A row finds what is stored by its {first}; without one, by its {second}. A row that finds nothing is new."
    ).format(first=first, second=others[0])


def reason_note() -> str:
    """Of the discrepancy workbook's first column."""
    return _("Why the row was left out. This column is ignored when the workbook is imported again.")


def row_note() -> str:
    """Of its second."""
    return _(
        "The row's number in the file that was imported. This column is ignored when the workbook is imported again."
    )


def discrepancy_instructions() -> tuple[str, ...]:
    """The same for the workbook of rejected rows."""
    return (
        _(
            "This workbook holds just the rows that were left out. The coloured cells are the ones to look at; the first column, {reason}, says why, and {row} where the row stood."
        ).format(reason=REASON_HEADER, row=ROW_HEADER),
        _(
            "Correct the cells and import this workbook again: it holds just these rows. {reason} and {row} are ignored, and may stay."
        ).format(reason=REASON_HEADER, row=ROW_HEADER),
    )


def capital(text: str) -> str:
    """As a sentence begins."""
    return text[:1].upper() + text[1:]


def _clip(text: str, limit: int = _TEXT_LIMIT) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip(', ')}…"
