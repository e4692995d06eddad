"""Background work: one thread that wakes up use cases. The truth is in the database, so a lost wake-up loses nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from komet_import import post
from komet_import.desk import Desk, open_desk
from komet_import.errors import KometError
from komet_import.purge import purge
from komet_import.settings import Settings
from komet_import.store import imports
from komet_import.store.database import Database
from komet_import.workbook.isolation import sweep

log = logging.getLogger(__name__)
E_MAILS = "e-mails"
HOUR = 3600.0
MINUTE = 60.0


@dataclass(frozen=True)
class Task:
    """Done at the start, then every so many seconds, and when it is called for."""

    name: str
    every_seconds: float
    run: Callable[[], object]


@dataclass(frozen=True)
class Trouble:
    """Why a task's last run came to nothing, in sentences, and when it is run again."""

    sentence: str
    again_at: datetime


def start(settings: Settings, database: Database, *more: Task) -> Worker:
    """All that this process does in the background, from now on; `more` is of what it alone has in memory."""

    def at_desk(work: Callable[[Desk], object]) -> Callable[[], object]:
        return lambda: work(open_desk(settings, database))

    return Worker(
        (
            Task(E_MAILS, 30, at_desk(post.deliver)),
            Task("interrupted-imports", MINUTE, lambda: end_interrupted(database)),
            Task("killed-readings", HOUR, sweep),
            Task("purge", HOUR, lambda: purge(settings, database, datetime.now(UTC))),
            *more,
        )
    )


def end_interrupted(database: Database) -> None:
    """Imports whose process died are told as failed. Looks first, so that no commit has to wait for nothing."""
    with database.reading() as connection:
        begun = imports.has_begun(connection)
    if begun:
        with database.writing() as connection:
            imports.fail_interrupted(connection)


class Worker:
    """Runs its tasks one after the other, in a thread that outlives whatever they raise.

    It goes by the clock that nobody can set.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = {task.name: task for task in tasks}
        self._due = dict.fromkeys(self._tasks, time.monotonic())
        self._troubles: dict[str, Trouble] = {}
        self._changed = threading.Condition()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def call(self, name: str) -> None:
        """There is something to do for this task now."""
        with self._changed:
            self._due[name] = time.monotonic()
            self._changed.notify()

    def trouble(self, name: str) -> Trouble | None:
        """None when the task's last run went well, or is still to come."""
        return self._troubles.get(name)

    def stop(self, seconds: float | None = None) -> None:
        """No task begins any more; returns when the one at work has ended, or after so many seconds."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        self._thread.join(seconds)

    def _work(self) -> None:
        while (task := self._next()) is not None:
            self._run(task)

    def _next(self) -> Task | None:
        """The first one due, when it is; None at the end. A call that comes while it runs makes it due once more."""
        with self._changed:
            while not self._is_stopped:
                due_at, name = min((at, name) for name, at in self._due.items())
                pause = due_at - time.monotonic()
                if pause <= 0:
                    self._due[name] = time.monotonic() + self._tasks[name].every_seconds
                    return self._tasks[name]
                self._changed.wait(pause)
        return None

    def _run(self, task: Task) -> None:
        try:
            task.run()
        except KometError as error:
            log.warning("The background work of %s waits: %s", task.name, error)
            self._note(task, str(error))
        except Exception as error:
            # The outermost edge of this thread: past it nobody would see the error, and no task would ever run again.
            log.exception("The background work of %s failed unexpectedly", task.name)
            self._note(task, str(KometError("unforeseen", reason=type(error).__name__)))
        else:
            self._troubles.pop(task.name, None)

    def _note(self, task: Task, sentence: str) -> None:
        again_at = datetime.now(UTC) + timedelta(seconds=task.every_seconds)
        self._troubles[task.name] = Trouble(sentence, again_at)
