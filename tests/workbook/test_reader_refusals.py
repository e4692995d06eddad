"""What the reader says of files that nobody should send, and how little they can do."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time as clock
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from komet_import import language
from komet_import.errors import BadArguments, UnusableFile
from komet_import.schema.customers import CUSTOMERS
from komet_import.settings import ReaderLimits
from komet_import.workbook import reader_child
from komet_import.workbook.isolation import Child, ChildDied, sweep
from komet_import.workbook.reader import Reader
from komet_import.workbook.reader_child import END
from komet_import.workbook.request import Request
from tests.languages import Bracketed
from tests.workbook import odd_workbooks as odd
from tests.workbook.reading import LIMITS, cells, read, reading_children, refused

FILLED: odd.Rows = [odd.HEADER, ("A", "b", 1)]
ROOT = Path(__file__).parents[2]


# Files that cannot be used.


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        pytest.param(b"", "not_a_workbook", "it is empty", id="0 bytes"),
        pytest.param(png(), "not_a_workbook", "a picture", id="renamed PNG"),
        pytest.param(b"%PDF-1.7\n1 0 obj", "not_a_workbook", "a PDF", id="PDF"),
        pytest.param(bytes(range(256)), "not_a_workbook", "", id="binary"),
        pytest.param(b"<html><table><tr><td>Customer Code", "not_a_workbook", "a web page", id="HTML"),
        pytest.param(b"\xef\xbb\xbf\n<!DOCTYPE html>", "not_a_workbook", "a web page", id="HTML with a mark"),
        pytest.param("<html>".encode("utf-16"), "not_a_workbook", "a web page", id="HTML in UTF-16"),
        pytest.param(b"<?xml version='1.0'?><Workbook/>", "not_a_workbook", "an XML text", id="XML"),
        pytest.param(odd.zipped([("word/document.xml", "x")]), "not_a_workbook", "zip file", id="Word"),
        pytest.param(odd.encrypted_xlsx(), "encrypted", "password", id="encrypted xlsx"),
        pytest.param(odd.xls_with_password(), "encrypted", "password", id="encrypted xls"),
        pytest.param(
            odd.zipped([("content.xml", "x"), ("META-INF/manifest.xml", "<manifest:encryption-data/>")]),
            "encrypted",
            "password",
            id="encrypted ods",
        ),
        pytest.param(odd.xlsx_of(FILLED)[:3000], "damaged", "", id="truncated xlsx"),
        pytest.param(odd.xls_of(FILLED)[:2500], "damaged", "", id="truncated xls"),
        pytest.param(odd.raw_xlsx("<row><c></row>"), "damaged", "", id="bad XML"),
        pytest.param(odd.zipped([("xl/workbook.xml", "<workbook/>")]), "damaged", "", id="parts missing"),
        pytest.param(odd.xlsx_of([]), "no_header", "template", id="empty sheet"),
        pytest.param(odd.xlsx_of([("Who", "What"), ("A", "b")]), "no_header", "template", id="no header"),
        pytest.param(b"a,b\n1,2\n", "no_header", "template", id="CSV without header"),
        pytest.param(
            odd.xlsx_of([("Customer Name", "Phone"), ("A", "b")]),
            "missing_columns",
            "the column Customer ID or Customer Code, by which its rows find their customer",
            id="no key",
        ),
        pytest.param(
            odd.xlsx_of([(), (None, "customer code", "Phone", *[None] * 24, "Customer Code "), ("A",)]),
            "repeated_column",
            "Customer Code more than once (B2 and AB2)",
            id="two equal headers",
        ),
        pytest.param(odd.xlsx_of([odd.HEADER]), "no_rows", "no rows", id="no rows"),
        pytest.param(odd.xlsx_of([odd.HEADER, (" ", "\u00a0")]), "no_rows", "no rows", id="blank rows"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(content: bytes, code: str, says: str) -> None:
    error = refused(content)
    assert error.code == code
    assert says in str(error)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", " (it is empty)"),
        (b"Customer Code\nA\n" + b"," * 16_384, " (row 3 has over 16,384 cells)"),
        (b'Customer Code\n"A', " (a quotation mark is opened and never closed)"),
    ],
)
def test_the_reason_is_said_in_the_users_language(
    content: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "catalogue", Bracketed())
    assert f"⟦{reason}⟧" in str(refused(content))


def test_a_zip_with_a_password_is_encrypted() -> None:
    content = bytearray(odd.xlsx_of(FILLED))
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    assert refused(bytes(content)).code == "encrypted"


def test_limits_of_size_and_rows() -> None:
    assert refused(b"x" * 1_048_577, ReaderLimits(upload_mb=1)).code == "too_large"
    content = odd.xlsx_of([odd.HEADER, ("A",), ("B",), ("C",)])
    assert len(cells(read(content, ReaderLimits(rows=3)))) == 3
    error = refused(content, ReaderLimits(rows=2))
    assert error.code == "too_many_rows"
    assert "more than 2 rows" in str(error)


def test_a_name_decides_nothing() -> None:
    workbook, text = odd.xlsx_of(FILLED), b"Customer Code,Customer Name\nA,b\n"
    assert cells(Reader(LIMITS).read(workbook, "list.csv", CUSTOMERS)) == {2: "A"}
    assert cells(Reader(LIMITS).read(text, "list.xlsx", CUSTOMERS)) == {2: "A"}


@pytest.mark.parametrize(
    "levels",
    [
        pytest.param('<!ENTITY a "lol">', id="one entity"),
        pytest.param(
            '<!ENTITY a "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)),
            id="billion laughs",
        ),
        pytest.param('<!ENTITY a SYSTEM "file:///etc/hostname">', id="a file of the server"),
    ],
)
def test_entities_in_the_xml_are_refused(levels: str) -> None:
    xml = odd.HEADER_XML + '<row r="2"><c r="A2" t="inlineStr"><is><t>&a;</t></is></c></row>'
    assert refused(odd.raw_xlsx(xml, f"<!DOCTYPE x [{levels}]>")).code == "damaged"


def test_a_panic_of_the_readers_is_the_files_damage(caplog: pytest.LogCaptureFixture) -> None:
    error = refused(odd.panicking_xlsb())
    assert (error.code, "is damaged" in str(error)) == ("damaged", True)
    assert "PanicException" in caplog.text


@pytest.mark.parametrize("memory_mb", [20, 60, 100, 140])
def test_too_little_memory_is_never_the_files_damage(memory_mb: int) -> None:
    assert refused(odd.xlsx_of(FILLED), ReaderLimits(memory_mb=memory_mb)).code == "takes_too_much"


# Machines without room.


def test_a_machine_without_a_place_for_files_is_not_the_files_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = odd.xlsx_of(FILLED)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    error = refused(content)
    assert error.code == "no_room"
    assert "No such file or directory. Free some space" in str(error)


def test_a_disk_that_is_full_for_the_child_is_not_the_files_damage() -> None:
    """The upload still fits, what is read of it does not: as with a quota."""
    script = (
        "import resource, sys; from tests.workbook import odd_workbooks as odd; from tests.workbook.reading import refused;"
        "content = odd.xlsx_of([odd.HEADER, *[('A', 'b' * 1000)] * 2000]);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "error = refused(content); print(error.code, 'File too large' in str(error))"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout == "no_room True\n"


# Long texts in sentences.


def test_a_sentence_shows_no_more_than_the_beginning_of_a_header_or_name() -> None:
    header = "h" * 100_000
    content = f"Customer Code,Customer Name,{header}\nA,b,c\n".encode()
    (read_header,) = read(content).headers[2:]
    assert (len(read_header), read_header[-2:]) == (32_767, "h…")
    repeated = refused(",".join(["Customer Code"] * 5000).encode() + b"\nA\n")
    assert "(A1, B1, C1, D1, E1, F1, G1, H1, I1, J1 and 4,990 more)" in str(repeated)
    with pytest.raises(UnusableFile) as caught:
        Reader(LIMITS).read(b"", "n" * 10_000, CUSTOMERS)
    assert len(str(caught.value)) < 500


def test_a_csv_file_has_no_sheets() -> None:
    with pytest.raises(BadArguments, match=r"is a CSV file, so it has no sheet North and no other\."):
        read(b"Customer Code\nA\n", sheet="North")


# Files that take too much.


def test_a_cell_at_the_far_corner_ends_the_child_only() -> None:
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(odd.raw_xlsx(odd.HEADER_XML + corner)).code == "takes_too_much"


def test_a_declared_size_beyond_the_memory_is_believed_at_once() -> None:
    assert refused(odd.long_cell_xlsx(700), ReaderLimits(memory_mb=600)).code == "takes_too_much"


@pytest.mark.slow
def test_a_long_cell_whose_size_is_a_lie_meets_the_memory_limit() -> None:
    content = odd.long_cell_xlsx(200)
    declared = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml").file_size
    lie = content.replace(declared.to_bytes(4, "little"), (4096).to_bytes(4, "little"))
    assert lie != content
    assert refused(lie, ReaderLimits(memory_mb=500, seconds=20)).code in ("takes_too_much", "damaged")


@pytest.mark.slow
def test_a_million_rows_are_too_many_or_take_too_much() -> None:
    content = odd.raw_xlsx(odd.HEADER_XML.encode() + b"<row><c><v>1</v></c></row>" * 1_000_000)
    assert len(content) < 200_000
    assert refused(content, ReaderLimits(rows=1000)).code == "too_many_rows"
    assert refused(content, ReaderLimits(memory_mb=280)).code == "takes_too_much"


def test_time_is_limited_too() -> None:
    content = odd.raw_xlsx(odd.HEADER_XML.encode() + b"<row><c><v>1</v></c></row>" * 3_000_000)
    started = clock.monotonic()
    assert refused(content, ReaderLimits(seconds=1)).code == "takes_too_much"
    assert clock.monotonic() - started < 4


@pytest.mark.timeout(30)
@pytest.mark.parametrize("limits", [ReaderLimits(seconds=1), ReaderLimits(memory_mb=1, seconds=1000)])
def test_a_child_that_stands_still_is_not_waited_for(tmp_path: Path, limits: ReaderLimits) -> None:
    """Its own limits are of the time that it computes, and not known to every system."""
    child = Child(limits)
    try:
        while child.is_waiting and psutil.Process(child.pid).memory_info().rss <= 2 << 20:  # only begun
            clock.sleep(0)
        os.kill(child.pid, signal.SIGSTOP)
        with pytest.raises(ChildDied):
            child.read(tmp_path)
    finally:
        child.close()
    assert not psutil.pid_exists(child.pid)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read(odd.xlsx_of(FILLED))
    refused(b"")
    refused(odd.raw_xlsx(odd.HEADER_XML + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert list(tmp_path.iterdir()) == []
    assert reading_children(psutil.Process()) == []


@contextmanager
def reading_elsewhere(tmp_path: Path) -> Iterator[tuple[psutil.Popen, psutil.Process, Path]]:
    """A process in the middle of a reading of many seconds, its reading child, and that reading's folder."""
    upload = tmp_path / "upload.xlsx"
    if not upload.exists():
        upload.write_bytes(odd.raw_xlsx(odd.HEADER_XML.encode() + b"<row><c><v>1</v></c></row>" * 3_000_000))
    folders = tmp_path / "temporary"
    folders.mkdir(exist_ok=True)
    before = set(folders.iterdir())
    script = (
        "import sys, pathlib; from komet_import.workbook.reader import Reader;"
        "from komet_import.schema.customers import CUSTOMERS; from komet_import.settings import ReaderLimits;"
        "Reader(ReaderLimits()).read(pathlib.Path(sys.argv[1]).read_bytes(), 'x', CUSTOMERS)"
    )
    process = psutil.Popen(
        [sys.executable, "-c", script, str(upload)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folders)},
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (at_work := [one for one in folders.glob("*/upload.xlsx") if one.parent not in before]):
            clock.sleep(0.02)
        (child,) = process.children()
        yield process, child, at_work[0].parent
    finally:
        with suppress(psutil.NoSuchProcess):
            process.kill()
        process.wait()


@pytest.mark.slow
def test_an_interrupted_reading_leaves_no_process_and_no_files(tmp_path: Path) -> None:
    with reading_elsewhere(tmp_path) as (process, child, folder):
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) != 0
        assert not psutil.wait_procs([child], timeout=2)[1]
        assert not folder.exists()


@pytest.mark.slow
def test_the_child_of_a_killed_process_ends_and_the_next_reading_removes_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with reading_elsewhere(tmp_path) as (killed, child, left), reading_elsewhere(tmp_path) as (_, _, held):
        assert left.stat().st_mode & 0o777 == 0o700
        killed.kill()
        killed.wait()
        assert not psutil.wait_procs([child], timeout=8)[1]
        assert left.exists()
        read(odd.xlsx_of(FILLED))
        assert list((tmp_path / "temporary").iterdir()) == [held]


def test_only_a_folder_of_a_reading_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "komet-import-reading-link").symlink_to(precious)
    (tmp_path / "komet-import-reading-file").write_text("of somebody")
    (tmp_path / "komet-import-reading-left").mkdir()
    (tmp_path / "komet-import-main").mkdir()
    sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "komet-import-main",
        "komet-import-reading-file",
        "komet-import-reading-link",
        "precious",
    ]


# The process around it.


def test_it_reads_from_any_folder_whatever_the_environment(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import komet_import.workbook.reader as reader;"
        "from komet_import.schema.customers import CUSTOMERS; from komet_import.settings import ReaderLimits;"
        "heavy = {'pandas', 'pyarrow', 'streamlit', 'sqlalchemy', 'openpyxl'} & set(sys.modules);"
        "table = reader.Reader(ReaderLimits()).read(b'Customer Code,Phone\\nA,1\\n', 'x.csv', CUSTOMERS);"
        "print(len(table.numbers), sorted(heavy))"
    )
    (tmp_path / "json.py").write_text("raise SystemExit('a file of the current folder was run')")
    result = subprocess.run(
        [sys.executable, "-P", "-c", script, str(ROOT)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
    )
    assert (result.stdout, result.stderr) == ("1 []\n", "")


def loaded(arguments: Sequence[str], stderr: Path, stdin: int | None = None) -> set[str]:
    """The modules that a Python process imports until it has said all that it says."""
    with (
        stderr.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-X", "importtime", *arguments],
            cwd=ROOT,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        assert process.stdout is not None
        assert b"header_row" in process.stdout.read()
    names = {line.rpartition("| ")[2].strip() for line in stderr.read_text().splitlines()}
    assert "pyarrow" in names
    # A name stands there too when it is looked for in vain: what follows it tells.
    return names & {"pandas.core", "streamlit", "sqlalchemy", "openpyxl"}


def test_from_a_file_to_its_texts_neither_the_child_nor_its_parent_loads_pandas(tmp_path: Path) -> None:
    content = odd.xlsx_of([odd.HEADER, ("A", " b", 1.5)])
    (tmp_path / "upload").write_bytes(content)
    (tmp_path / "request.json").write_text(json.dumps(asdict(Request.of(CUSTOMERS, LIMITS, {}, None))))
    given, held = os.pipe()
    os.write(held, os.fsencode(tmp_path) + END)
    assert not loaded(["-m", reader_child.__name__, "900", "7"], tmp_path / "stderr", given)
    os.close(held)
    os.close(given)
    (tmp_path / "list.xlsx").write_bytes(content)
    script = (
        "import sys; from pathlib import Path; from komet_import.workbook.reader import Reader;"
        "from komet_import.schema.customers import CUSTOMERS; from komet_import.settings import ReaderLimits;"
        "table = Reader(ReaderLimits()).read(Path(sys.argv[1]).read_bytes(), 'x', CUSTOMERS);"
        "print('header_row', table.texts(0))"
    )
    assert not loaded(["-c", script, str(tmp_path / "list.xlsx")], tmp_path / "stderr")


def test_sessions_may_read_at_the_same_time() -> None:
    found: dict[int, dict[int, str]] = {}

    def session(number: int) -> None:
        found[number] = cells(read(odd.xlsx_of([odd.HEADER, (f"C{number}", "x", 1)])))

    threads = [threading.Thread(target=session, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: {2: f"C{number}"} for number in range(3)}
