"""The numbers that a workbook shows as percentages: their format, which the readers do not tell, stands in its XML.

Of .xlsx, .xlsm and .ods. Most workbooks have no such format, and are looked at no further.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from lxml import etree

from komet_import.workbook.cell_text import percentage_of

Texts = dict[int, dict[int, str]]  # by column, then by row, both from 0

_BUILT_IN = frozenset((9, 10))  # Excel's own `0%` and `0.00%`
_LITERAL = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]'
)  # what a format shows as it stands, and its conditions
_CHUNK = 1 << 20
_FEW = 30  # styles: of more, each cell's own is looked up
_LONGEST_CELL = 1 << 17  # bytes; one that is cut by the end of a chunk is looked at with the next
_ATTRIBUTE = re.compile(rb"""\b(r|t)=["']([^"'<>]*)["']""")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def percentages(path: Path, sheet: str) -> Texts:
    """The texts of that sheet's numbers in a percent format. Empty where the file does not tell."""
    look = {".xlsx": _of_xlsx, ".ods": _of_ods}.get(path.suffix)
    if look is None:
        return {}
    found: Texts = {}
    try:
        with ZipFile(path) as package:
            for row, column, number in look(package, sheet):
                found.setdefault(column, {})[row] = percentage_of(number)
    except (BadZipFile, KeyError, ValueError, etree.XMLSyntaxError):
        return {}  # the readers opened it all the same, and they say what is wrong with a file
    return found


def is_percent(format_code: str) -> bool:
    """Whether Excel shows a number of that format as a percentage."""
    return "%" in _LITERAL.sub("", format_code)


def _parsed(package: ZipFile, name: str) -> Any:
    with package.open(name) as part:
        return etree.parse(part, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


# -- .xlsx -----------------------------------------------------------------------------------------------------------


def _of_xlsx(package: ZipFile, sheet: str) -> Iterator[tuple[int, int, str]]:
    (workbook, *_more) = _targets(package, "_rels/.rels", "/officeDocument")
    place = PurePosixPath(workbook)
    relations = f"{place.parent}/_rels/{place.name}.rels".removeprefix("./")
    styles = _targets(package, relations, "/styles")
    wanted = [number for part in styles for number in _percent_styles(package, part)]
    if not wanted:
        return
    for part in _targets(package, relations, "/worksheet", _relation_of(package, workbook, sheet)):
        with package.open(part) as cells:
            yield from _styled_numbers(cells, wanted)


def _targets(package: ZipFile, relations: str, kind: str, named: str | None = None) -> Iterator[str]:
    """The parts that a part refers to, as the package names them."""
    base = PurePosixPath(relations).parent.parent
    for relation in _parsed(package, relations):
        if relation.get("Type", "").endswith(kind) and named in (None, relation.get("Id")):
            target = relation.get("Target", "")
            yield target[1:] if target.startswith("/") else str(base / target)


def _relation_of(package: ZipFile, workbook: str, sheet: str) -> str:
    for one in _parsed(package, workbook).iter("{*}sheet"):
        if one.get("name") == sheet:
            relation: str
            (relation,) = (value for name, value in one.attrib.items() if name.endswith("}id"))
            return relation
    raise KeyError(sheet)


def _percent_styles(package: ZipFile, styles: str) -> list[str]:
    """The numbers of the cell styles whose format is a percentage."""
    root = _parsed(package, styles)
    own = {one.get("numFmtId"): is_percent(one.get("formatCode", "")) for one in root.iter("{*}numFmt")}
    cells = root.find("{*}cellXfs")
    ids = [style.get("numFmtId", "0") for style in cells] if cells is not None else []
    return [str(n) for n, one in enumerate(ids) if own.get(one, int(one) in _BUILT_IN)]


def _styled_numbers(cells: IO[bytes], styles: list[str]) -> Iterator[tuple[int, int, str]]:
    """Only the cells of these styles are looked at: a sheet has millions of others."""
    wanted = {style.encode() for style in styles}
    number = b"|".join(wanted) if len(wanted) <= _FEW else b"[0-9]+"
    cell = re.compile(
        rb"<(?:\w+:)?c\s([^<>]*?\bs=[\"'](" + number + rb")[\"'][^<>]*)>"
        rb"(?:\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v\b[^<>]*>\s*([-+.0-9eE]+)\s*</"
    )
    for text in _whole_cells(cells):
        for attributes, style, value in cell.findall(text):
            if style in wanted:
                yield from _numbered(attributes, value)


def _whole_cells(cells: IO[bytes]) -> Iterator[bytes]:
    """The sheet in pieces, none of which ends within a cell."""
    rest = b""
    while chunk := cells.read(_CHUNK):
        text = rest + chunk
        end = max(text.rfind(b"</row>"), text.rfind(b":row>"))
        end = end if end > 0 else max(0, len(text) - _LONGEST_CELL)
        yield text[:end]
        rest = text[end:]
    yield rest


def _numbered(attributes: bytes, value: bytes) -> Iterator[tuple[int, int, str]]:
    told = {name: text.decode() for name, text in _ATTRIBUTE.findall(attributes)}
    place = _PLACE.fullmatch(told.get(b"r", ""))
    if place and told.get(b"t", "n") == "n":
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        yield int(place[2]) - 1, column - 1, value.decode()


# -- .ods ------------------------------------------------------------------------------------------------------------


def _of_ods(package: ZipFile, sheet: str) -> Iterator[tuple[int, int, str]]:
    with package.open("content.xml") as content:
        if not any(b'"percentage"' in chunk for chunk in _overlapping(content)):
            return
    with package.open("content.xml") as content:
        row, inside = 0, False
        for event, element in etree.iterparse(
            content, ("start", "end"), resolve_entities=False, no_network=True
        ):
            if element.tag == f"{_TABLE}table":
                row, inside = 0, event == "start" and element.get(f"{_TABLE}name") == sheet
            elif event == "end" and element.tag == f"{_TABLE}table-row":
                if inside:
                    yield from _percentages_of(element, row)
                row += int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                element.clear()


def _overlapping(content: IO[bytes]) -> Iterator[bytes]:
    last = b""
    while chunk := content.read(_CHUNK):
        yield last + chunk
        last = chunk[-16:]


def _percentages_of(row: Any, number: int) -> Iterator[tuple[int, int, str]]:
    column = 0
    rows = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
    for cell in row:
        columns = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        if cell.get(f"{_OFFICE}value-type") == "percentage":
            for place in range(column, column + columns):
                for at in range(number, number + rows):
                    yield at, place, cell.get(f"{_OFFICE}value", "")
        column += columns
