"""What a file is, by its content: its name is the sender's word only."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from komet_import.workbook.unreadable import Unreadable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
_OTHERS = {
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"%PDF-": "pdf",
}
_HTML = re.compile(rb"\s*<(!doctype html|html|head|meta|style|body|table|div)\b", re.IGNORECASE)
_XML = re.compile(rb"\s*<(\?xml|!doctype|!--)", re.IGNORECASE)
_BINARY = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Content:
    """`suffix` is the one by which calamine knows the format; `encoding` is set for `.csv` only."""

    suffix: str
    encoding: str = ""


def sniff(path: Path, memory_mb: int) -> Content:
    """Raises Unreadable: not_a_workbook, encrypted, damaged, or takes_too_much by a zip's own declaration."""
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise Unreadable("not_a_workbook", because="empty")
    if head.startswith(_OLE):
        return _sniff_ole(path)
    if head.startswith(_ZIP):
        return _sniff_zip(path, memory_mb)
    for signature, what in _OTHERS.items():
        if head.startswith(signature):
            raise Unreadable("not_a_workbook", because=what)
    _refuse_markup(head)
    return Content(".csv", _encoding(path, head))


def _sniff_ole(path: Path) -> Content:
    """An OLE container names its streams in UTF-16: a protected .xlsx is one too."""
    content = path.read_bytes()

    def has(*streams: bytes) -> bool:
        return any(stream.decode().encode("utf-16-le") in content for stream in streams)

    if has(b"Workbook", b"WORKBOOK", b"Book", b"BOOK"):
        return Content(".xls")
    if has(b"EncryptedPackage"):
        raise Unreadable("encrypted")
    if has(b"Root Entry"):
        raise Unreadable("not_a_workbook", because="office_file")
    raise Unreadable("damaged")


def _sniff_zip(path: Path, memory_mb: int) -> Content:
    try:
        with zipfile.ZipFile(path) as archive:
            return _sniff_archive(archive, memory_mb)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise Unreadable("damaged") from error


def _sniff_archive(archive: zipfile.ZipFile, memory_mb: int) -> Content:
    entries = {entry.filename.replace("\\", "/").lower(): entry for entry in archive.infolist()}
    if "encrypted-package" in entries or any(entry.flag_bits & 1 for entry in entries.values()):
        raise Unreadable("encrypted")
    # The declared sizes are a lower bound: a lie about them meets the memory limit later.
    if sum(entry.file_size for entry in archive.infolist()) > memory_mb << 20:
        raise Unreadable("takes_too_much")
    if "xl/workbook.bin" in entries:
        return Content(".xlsb")
    if any(name.startswith("xl/") for name in entries):
        return Content(".xlsx")
    if "content.xml" not in entries:
        raise Unreadable("not_a_workbook", because="zip_file")
    manifest = entries.get("meta-inf/manifest.xml")
    if manifest is not None:
        with archive.open(manifest) as file:
            if b"encryption-data" in file.read(_CHUNK):
                raise Unreadable("encrypted")
    return Content(".ods")


def _refuse_markup(head: bytes) -> None:
    """Programs that "export to Excel" often write a web page and call it .xls."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip(b"\xff\xfe").replace(b"\0", b"")
    if _HTML.match(text) or (_XML.match(text) and b"<html" in text.lower()):
        raise Unreadable("not_a_workbook", because="web_page")
    if _XML.match(text):
        raise Unreadable("not_a_workbook", because="xml")


def _encoding(path: Path, head: bytes) -> str:
    """UTF-8 and UTF-16 by their marks, else UTF-8 if all of it is, else Windows-1252 if that is text."""
    marked = next((encoding for bom, encoding in _BOMS.items() if head.startswith(bom)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            if not any(encoding == "cp1252" and _BINARY.search(text) for text in _chunks(path, encoding)):
                return encoding
        except UnicodeError:
            continue
    raise Unreadable("not_a_workbook", because="no_text")


def _chunks(path: Path, encoding: str) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as file:
        while text := file.read(_CHUNK):
            yield text
