"""The sheet that explains the file: the legend, how rows are read, and a line for each column."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.language import N_, _
from komet_import.schema.column import Colour, Column, Declaration
from komet_import.schema.company import Company
from komet_import.schema.kinds import words_of
from komet_import.workbook import wording
from komet_import.workbook.cells import text_cell
from komet_import.workbook.style import (
    HEADERS,
    HEADING,
    INDENTED,
    LINE_BELOW,
    PLAIN_HEADER,
    TITLE,
    WRAPPED,
    paint_header,
    paint_problem,
    text_height,
)

INSTRUCTIONS_SHEET = "Instructions"
_TABLE = {
    N_("Column"): 36,
    N_("Required?"): 32,
    N_("Type"): 20,
    N_("Limit"): 24,
    N_("Format"): 40,
    N_("Example"): 30,
    N_("Rule"): 48,
}
_MARGIN = 3  # characters, as the widths above
_PARAGRAPH = "B{row}:E{row}"  # the cells it spans
_PARAGRAPH_WIDTH = 125
_TITLE_HEIGHT, _HEADING_HEIGHT, _SAMPLE_HEIGHT, _GAP = 32, 30, 20, 4  # points


def add_instructions(
    workbook: Workbook,
    declaration: Declaration,
    columns: Sequence[Column],
    company: Company,
    *,
    reasons: bool,
) -> None:
    """`reasons` adds how a discrepancy workbook is used."""
    page = _Page(workbook.create_sheet(INSTRUCTIONS_SHEET))
    title = _("{title}: how to fill in this workbook").format(title=declaration.title)
    page.add_heading(title, TITLE, _TITLE_HEIGHT)
    if reasons:
        page.add_heading(_("How to use this file"))
        page.add_paragraphs(wording.discrepancy_instructions())
        page.add_problem_legend()
    page.add_heading(_("Colours of the headers"))
    page.add_header_legend()
    page.add_heading(_("How rows are read"))
    page.add_paragraphs(wording.instructions(declaration))
    page.add_heading(_("The columns"))
    page.add_table(columns, company)


class _Page:
    """The sheet, written from top to bottom, beside a margin."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._row = 0
        sheet.sheet_view.showGridLines = False
        for position, width in enumerate((_MARGIN, *_TABLE.values()), 1):
            sheet.column_dimensions[get_column_letter(position)].width = width
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0  # as many pages as it takes, each as wide as the table

    def _text(self, text: str, alignment: Alignment) -> Cell:
        cell = text_cell(self._sheet, text)
        cell.alignment = alignment
        return cell

    def _add(self, cells: Sequence[Cell], height: int) -> None:
        self._row += 1
        self._sheet.row_dimensions[self._row].height = height
        self._sheet.append([None, *cells])

    def add_heading(self, text: str, font: Font = HEADING, height: int = _HEADING_HEIGHT) -> None:
        cell = self._text(text, Alignment(vertical="bottom"))
        cell.font = font
        self._add([cell], height)
        self._add([], _GAP)

    def add_paragraphs(self, paragraphs: Sequence[str]) -> None:
        """Numbered, across several columns."""
        for number, paragraph in enumerate(paragraphs, 1):
            text = f"{number}. {paragraph}"
            self._add([self._text(text, WRAPPED)], text_height((text, _PARAGRAPH_WIDTH)) + _GAP)
            self._sheet.merged_cells.add(_PARAGRAPH.format(row=self._row))

    def add_header_legend(self) -> None:
        for colour in Colour:
            sample = text_cell(self._sheet, _(wording.COLOUR_NAMES[colour]))
            paint_header(sample, HEADERS[colour])
            self._add_sample(sample, colour.meaning)

    def add_problem_legend(self) -> None:
        self._add([], _GAP)
        for severity, meaning in wording.PROBLEM_MEANINGS.items():
            sample = text_cell(self._sheet, _(wording.PROBLEM_NAMES[severity]))
            paint_problem(sample, severity)
            self._add_sample(sample, _(meaning))

    def _add_sample(self, sample: Cell, meaning: str) -> None:
        sample.alignment = INDENTED
        words = self._text(meaning, Alignment(horizontal="left", vertical="center", indent=1))
        self._add([sample, words], _SAMPLE_HEIGHT)

    def add_table(self, columns: Sequence[Column], company: Company) -> None:
        headings = [text_cell(self._sheet, _(heading)) for heading in _TABLE]
        for heading in headings:
            paint_header(heading, PLAIN_HEADER)
            heading.alignment = INDENTED
        self._add(headings, _SAMPLE_HEIGHT)
        for column in columns:
            facts = _facts(column, company)
            cells = [text_cell(self._sheet, fact) for fact in facts]
            paint_header(cells[0], HEADERS[column.colour])
            for cell in cells:
                cell.alignment, cell.border = INDENTED, LINE_BELOW
            self._add(cells, text_height(*zip(facts, _TABLE.values(), strict=True)) + _GAP)


def _facts(column: Column, company: Company) -> tuple[str, ...]:
    return (
        column.header,
        wording.need(column, company),
        words_of(column),
        wording.capital(wording.limit_words(column)),
        wording.capital(wording.format_words(column, company)),
        column.example,
        wording.capital(column.rule),
    )
