"""Workbooks as they come in, and as nobody should send them: made here, byte by byte where no library would make them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[Any]]

HEADER = ("Customer Code", "Customer Name", "Credit Limit")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
HEADER_XML = '<row r="1"><c r="A1" t="inlineStr"><is><t>Customer Code</t></is></c></row>'


def xlsx(
    fill: Callable[[Worksheet], object], more: Callable[[openpyxl.Workbook], object] | None = None
) -> bytes:
    """A workbook whose first sheet `fill` writes, and `more` the rest of it."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    if more is not None:
        more(workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def xlsx_of(rows: Rows) -> bytes:
    """The rows from A1 on."""
    return xlsx(lambda sheet: [sheet.append(row) for row in rows])


def xlsm_of(rows: Rows) -> bytes:
    """As Excel names its parts when macros are allowed."""
    plain = zipfile.ZipFile(io.BytesIO(xlsx_of(rows)))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in plain.namelist():
            macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
            archive.writestr(name, plain.read(name).replace(SHEET.encode(), macro))
        archive.writestr("xl/vbaProject.bin", b"macros")
    return stream.getvalue()


def xls_of(rows: Rows) -> bytes:
    """Excel 97."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Sheet")
    formats = {datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy-mm-dd", time: "hh:mm:ss"}
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            style = xlwt.easyxf(num_format_str=formats.get(type(value), "General"))
            sheet.write(row, column, value, style)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def xls_with_password() -> bytes:
    """Its first record after the beginning says that the rest is enciphered."""
    content = xls_of([HEADER])
    after_beginning = content.index(b"\x09\x08\x10\x00") + 20
    return content[:after_beginning] + struct.pack("<H", 0x2F) + content[after_beginning + 2 :]


def encrypted_xlsx() -> bytes:
    """An OLE container of one directory sector, as far as its streams' names: what Excel makes of a protected .xlsx."""
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        1,
        1,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
        0,
    ).ljust(512, b"\xff")
    names = ("Root Entry", "EncryptionInfo", "EncryptedPackage")
    entries = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in names)
    return header + struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff") + entries.ljust(512, b"\0")


@dataclass(frozen=True)
class Percentage:
    """A number that a cell shows as one."""

    number: float


def ods_of(rows: Rows) -> bytes:
    """LibreOffice's own format."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="Sheet")
    for cells in rows:
        row = TableRow()
        for value in cells:
            row.addElement(_ods_cell(value))
        table.addElement(row)
    document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _ods_cell(value: object) -> TableCell:
    match value:
        case None:
            return TableCell()
        case bool():
            return TableCell(valuetype="boolean", booleanvalue=str(value).lower())
        case Percentage(number):
            return TableCell(valuetype="percentage", value=repr(number))
        case int() | float():
            return TableCell(valuetype="float", value=repr(value))
        case date():
            return TableCell(valuetype="date", datevalue=value.isoformat())
        case time():
            return TableCell(valuetype="time", timevalue=value.strftime("PT%HH%MM%SS"))
    cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def xlsb_of(rows: Rows) -> bytes:
    """Excel's binary format, as far as a reader needs it ([MS-XLSB] names the records): no library writes it."""
    entry = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Sheet")
    area = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    sheet = _record(0x94, area) + _record(0x91, b"")
    for row, cells in enumerate(rows):
        sheet += _record(0x00, struct.pack("<I", row).ljust(25, b"\0"))
        for column, value in enumerate(cells):
            sheet += _xlsb_cell(struct.pack("<II", column, 0), value)
    relation = f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.bin"/>'
    return zipped(
        [
            (
                "xl/workbook.bin",
                _record(0x8F, b"") + _record(0x9C, entry) + _record(0x90, b"") + _record(0x9D, b""),
            ),
            (
                "xl/_rels/workbook.bin.rels",
                f'<Relationships xmlns="{PACKAGE}/relationships">{relation}</Relationships>',
            ),
            ("xl/worksheets/sheet1.bin", sheet + _record(0x92, b"")),
        ]
    )


def panicking_xlsb() -> bytes:
    """Its sheet points to a relationship that is not there, which the reader takes for impossible."""
    with zipfile.ZipFile(io.BytesIO(xlsb_of([HEADER, ("A", "b", 1)]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    relations = "xl/_rels/workbook.bin.rels"
    return zipped((parts | {relations: parts[relations].replace(b"rId1", b"rId9")}).items())


def _xlsb_cell(place: bytes, value: object) -> bytes:
    match value:
        case None:
            return b""
        case bool():
            return _record(0x04, place + bytes([value]))
        case int() | float():
            return _record(0x05, place + struct.pack("<d", value))
    return _record(0x06, place + _wide(str(value)))


def _wide(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def _record(kind: int, data: bytes) -> bytes:
    """Kind and size are given seven bits a byte, the lowest first."""
    kinds = bytes([kind]) if kind < 0x80 else bytes([kind, 1])
    return kinds + bytes([len(data) & 0x7F | 0x80, len(data) >> 7]) + data


def zipped(entries: Iterable[tuple[str, str | bytes]]) -> bytes:
    """A zip file, well pressed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return stream.getvalue()


def styled_xlsx(rows_xml: str, styles_xml: str) -> bytes:
    """The same with styles."""
    with zipfile.ZipFile(io.BytesIO(raw_xlsx(rows_xml))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    relations = "xl/_rels/workbook.xml.rels"
    styles = f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
    parts[relations] = parts[relations].replace("</Relationships>", styles)
    return zipped([*parts.items(), ("xl/styles.xml", styles_xml)])


def raw_xlsx(rows_xml: str | bytes, prolog: str = "") -> bytes:
    """The least that is a workbook, with the sheet's rows as given; `prolog` stands before its XML."""
    rows = rows_xml.encode() if isinstance(rows_xml, str) else rows_xml
    sheet = f'{prolog}<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
    return zipped([*_parts(), ("xl/worksheets/sheet1.xml", sheet)])


def long_cell_xlsx(megabytes: int) -> bytes:
    """One cell of so many megabytes in a few kilobytes of zip, written as a stream."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in _parts():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            file.write(f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER_XML}'.encode())
            file.write(b'<row r="2"><c r="A2" t="inlineStr"><is><t>')
            for _ in range(megabytes):
                file.write(b"x" * (1 << 20))
            file.write(b"</t></is></c></row></sheetData></worksheet>")
    return stream.getvalue()


def _parts() -> list[tuple[str, str]]:
    return [
        (
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET}"/></Types>',
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="Customers" sheetId="1" r:id="rId1"/></sheets></workbook>',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        ),
    ]
