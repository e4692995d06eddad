"""The worker: when its tasks run, what it does with whatever they raise, and that it ends when told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from komet_import import jobs
from komet_import.desk import Desk
from komet_import.errors import StoreUnavailable
from komet_import.jobs import Task, Worker
from komet_import.store.models import person
from tests.mail.post_office import Mailbox, post_office
from tests.stories import NEW, at_desk, csv_of, imported

HOUR = 3600.0


class Work:
    """A task's run: counts itself, and raises what it was given first."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.times = 0

    def __call__(self) -> None:
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)


@contextmanager
def working(*tasks: Task) -> Iterator[Worker]:
    worker = Worker(tasks)
    try:
        yield worker
    finally:
        worker.stop()


def eventually(holds: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_task_runs_at_the_start_and_whenever_it_is_called_for() -> None:
    often, rare, called = Work(), Work(), Work()
    with working(
        Task("often", 0.01, often), Task("rare", HOUR, rare), Task("called", HOUR, called)
    ) as worker:
        eventually(lambda: often.times > 2 and called.times == 1)
        worker.call("called")
        eventually(lambda: called.times == 2)
        assert rare.times == 1


def test_a_call_while_the_task_runs_is_not_lost() -> None:
    begun, goes_on = threading.Event(), threading.Event()
    times = []

    def run() -> None:
        times.append(1)
        begun.set()
        goes_on.wait(20)

    with working(Task("slow", HOUR, run)) as worker:
        begun.wait(20)
        worker.call("slow")
        goes_on.set()
        eventually(lambda: len(times) == 2)


def test_whatever_a_task_raises_is_told_and_the_next_run_comes(caplog: pytest.LogCaptureFixture) -> None:
    task = Work(ZeroDivisionError("by nothing"), StoreUnavailable("database_busy"))
    other = Work()
    with working(Task("task", HOUR, task), Task("other", HOUR, other)) as worker:
        eventually(lambda: worker.trouble("task"))
        trouble = worker.trouble("task")
        assert trouble is not None
        assert "for a reason that nobody foresaw (ZeroDivisionError)" in trouble.sentence
        assert timedelta(minutes=59) < trouble.again_at - datetime.now(UTC) <= timedelta(hours=1)
        assert "Traceback" in caplog.text
        eventually(lambda: other.times)
        worker.call("task")
        eventually(lambda: task.times == 2 and "busy" in str(worker.trouble("task")))
        worker.call("task")
        eventually(lambda: worker.trouble("task") is None)
        assert (task.times, worker.trouble("other")) == (3, None)


def test_a_worker_that_was_stopped_runs_nothing_more_and_leaves_no_thread() -> None:
    before = threading.active_count()
    task = Work()
    worker = Worker([Task("task", 0.01, task)])
    eventually(lambda: task.times)
    worker.stop()
    times = task.times
    worker.call("task")
    worker.stop()
    assert (task.times, threading.active_count()) == (times, before)


def test_e_mails_left_by_another_process_are_sent_at_the_start(tmp_path: Path) -> None:
    mailbox = Mailbox()
    with post_office(mailbox) as server, at_desk(tmp_path, mail_server=server) as desk:
        imported(desk, csv_of(NEW))
        worker = jobs.start(desk.settings, desk.database)
        eventually(lambda: mailbox.envelopes)
        worker.stop()
        assert worker.trouble(jobs.E_MAILS) is None


def test_what_a_killed_reading_left_is_gone_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "komet-import-reading-left"
    left.mkdir()
    with at_desk(tmp_path / "data") as desk:
        worker = jobs.start(desk.settings, desk.database)
        eventually(lambda: not left.exists())
        worker.stop()


def test_work_that_cannot_be_done_is_told_until_it_can(tmp_path: Path) -> None:
    """As while the person that the settings name is not active."""
    with at_desk(tmp_path) as desk:
        _activate(desk, False)
        worker = jobs.start(desk.settings, desk.database)
        eventually(lambda: "is not an active person" in str(worker.trouble(jobs.E_MAILS)))
        _activate(desk, True)
        worker.call(jobs.E_MAILS)
        eventually(lambda: worker.trouble(jobs.E_MAILS) is None)
        worker.stop()


def _activate(desk: Desk, active: bool) -> None:
    with desk.database.writing() as connection:
        connection.execute(sa.update(person).values(active=active))
