"""The child that stands ready for the next file: used once, replaced, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from komet_import.errors import UnusableFile
from komet_import.schema.customers import CUSTOMERS
from komet_import.settings import ReaderLimits
from komet_import.workbook.reader import Reader
from tests.workbook import odd_workbooks as odd
from tests.workbook.reading import reading_children

ROOT = Path(__file__).parents[2]
FILE = odd.xlsx_of([odd.HEADER, ("A", "b", 1)])
FAR_CORNER = odd.raw_xlsx(odd.HEADER_XML + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@pytest.fixture
def reader() -> Iterator[Reader]:
    with closing(Reader(ReaderLimits())) as opened:
        yield opened


def stood_by(reader: Reader) -> psutil.Process:
    """The process that stands ready now."""
    reader.stand_by()
    assert reader.standing_by is not None
    child = psutil.Process(reader.standing_by)
    wait_until(lambda: child in children())  # a new process has no name for a moment
    return child


def children() -> list[psutil.Process]:
    return reading_children(psutil.Process())


def rows_of(reader: Reader, content: bytes = FILE) -> list[int]:
    return reader.read(content, "odd.xlsx", CUSTOMERS).numbers


def wait_until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_loaded(child: psutil.Process) -> bool:
    """Whether it has its libraries, and waits."""
    libraries = "".join(part.path for part in child.memory_maps())
    return "fastexcel" in libraries and child.status() == psutil.STATUS_SLEEPING


class Reading:
    """A file read in another thread by the child that stood ready, which is stopped until it is told to go on."""

    def __init__(self, reader: Reader, folders: Path) -> None:
        self.child = stood_by(reader)
        self.child.suspend()
        self.rows: list[int] = []
        self._thread = threading.Thread(target=lambda: self.rows.extend(rows_of(reader)))
        self._thread.start()
        wait_until(lambda: reader.standing_by is None and any(folders.glob("*/request.json")))

    def end(self) -> list[int]:
        self._thread.join(20)
        return self.rows


def test_a_file_is_read_by_the_child_that_stood_ready_and_another_takes_its_place(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    reading = Reading(reader, tmp_path)
    reader.stand_by()  # what is being read comes first
    assert (children(), reading.rows) == ([reading.child], [])
    reading.child.resume()
    assert reading.end() == [2]
    assert (children(), list(tmp_path.iterdir())) == ([], [])
    following = stood_by(reader)
    assert following != reading.child
    assert stood_by(reader) == following
    assert children() == [following]


def test_two_files_at_once_are_read_by_two_children(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    reading = Reading(reader, tmp_path)
    assert rows_of(reader) == [2]
    reading.child.resume()
    assert reading.end() == [2]


def test_a_child_that_was_killed_is_replaced_before_the_next_file(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    killed = stood_by(reader)
    killed.kill()
    wait_until(lambda: killed.status() == psutil.STATUS_ZOMBIE)
    replacement = stood_by(reader)
    assert (children(), caplog.text) == ([replacement], "")


@pytest.mark.parametrize("is_noticed", [True, False])
def test_a_file_is_read_although_its_child_was_killed(reader: Reader, is_noticed: bool) -> None:
    killed = stood_by(reader)
    killed.kill()
    if is_noticed:
        wait_until(lambda: killed.status() == psutil.STATUS_ZOMBIE)
    assert rows_of(reader) == [2]
    assert children() == []


def test_a_file_is_read_although_its_child_was_killed_before_it_began(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    reading = Reading(reader, tmp_path)
    reading.child.kill()
    assert reading.end() == [2]


def test_a_file_that_ends_its_child_is_not_read_twice_and_hurts_no_other(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    stood_by(reader)
    with pytest.raises(UnusableFile) as caught:
        rows_of(reader, FAR_CORNER)
    assert (caught.value.code, len(caplog.records)) == ("takes_too_much", 1)
    assert "The reading process ended with -6" in caplog.text
    stood_by(reader)
    assert rows_of(reader) == [2]


def test_limits_too_low_for_the_libraries_are_told_whether_a_child_stood_ready_or_not() -> None:
    with closing(Reader(ReaderLimits(memory_mb=60))) as reader:
        reader.stand_by()
        with pytest.raises(UnusableFile) as caught:
            rows_of(reader)
        assert caught.value.code == "takes_too_much"


def test_it_has_its_limits_and_none_of_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMET_SMTP_PASSWORD", "secret")
    with closing(Reader(ReaderLimits(memory_mb=900, seconds=7))) as reader:
        child = stood_by(reader)
        wait_until(lambda: is_loaded(child))
        limits = [child.rlimit(one) for one in (psutil.RLIMIT_AS, psutil.RLIMIT_CPU, psutil.RLIMIT_CORE)]
        assert limits == [(900 << 20,) * 2, (7,) * 2, (0,) * 2]
        assert "secret" not in child.environ().values()
        assert not [name for name in child.environ() if name.startswith("KOMET_")]


def test_no_child_stands_ready_where_there_is_no_place_for_files_and_the_log_says_why(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    reader.stand_by()
    assert reader.standing_by is None
    assert "No such file or directory" in caplog.text


def test_after_the_end_nothing_stands_ready(reader: Reader) -> None:
    stood_by(reader)
    reader.close()
    reader.stand_by()
    assert (reader.standing_by, children()) == (None, [])
    assert rows_of(reader) == [2]


def test_who_reads_one_file_starts_nothing_in_advance(reader: Reader) -> None:
    assert rows_of(reader) == [2]
    assert (reader.standing_by, children()) == (None, [])


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when", ["loading", "waiting"])
def test_it_ends_with_the_process_that_started_it(end: signal.Signals, when: str, tmp_path: Path) -> None:
    script = (
        "import time; from komet_import.workbook.reader import Reader; from komet_import.settings import ReaderLimits;"
        "reader = Reader(ReaderLimits()); reader.stand_by(); print(reader.standing_by, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process, suppress(psutil.NoSuchProcess):
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        if when == "waiting":
            wait_until(lambda: is_loaded(child))
        process.send_signal(end)
        assert not psutil.wait_procs([child], timeout=5)[1]
    assert process.returncode != 0
    assert list(tmp_path.iterdir()) == []
