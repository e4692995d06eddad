"""The database: opening it (created, migrated and seeded as needed), reading, writing, and what its failures mean."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc

from komet_import import private
from komet_import.errors import StoreUnavailable
from komet_import.language import _
from komet_import.store import seed, sqlite_file
from komet_import.store.sqlite_file import OpenedFile

HEAD = "0007"  # the newest migration: known without importing Alembic, which takes as long as all the rest of a start
_MIGRATIONS = Path(__file__).parent / "migrations"
_PAGES_AT_ONCE = 1000
_OPENED = "opened"  # where a connection keeps its OpenedFile

# A full disk is ENOSPC and FULL; a full quota is another errno, and then a failed write.
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Database:
    """Safe to share between threads; every process opens its own.

    One in a file is that file: when another one, or none, is at its path meanwhile, nothing more is read or written.
    """

    def __init__(self, engine: sa.Engine, path: Path | None = None) -> None:
        self._engine = engine
        self._path = path
        self._file: OpenedFile | None = None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment of the database. Raises StoreUnavailable."""
        with _translated(), self._connected() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end, rolled back by any exception. Raises StoreUnavailable.

        SQLite has one writer at a time, so it starts by waiting for its turn: what it reads cannot move before it writes.
        """
        with _translated(), self._connected() as connection:
            connection.execution_options(writing=True)
            with connection.begin():
                yield connection
                self._refuse_replaced(connection)
            if self._path is not None:
                sqlite_file.shorten_log(_driver(connection), self._path)

    @contextmanager
    def rebuilding(self) -> Iterator[sa.Connection]:
        """A transaction for migrations: SQLite changes a column by making its table anew.

        References to the table would forbid that, so they are not looked at. Raises StoreUnavailable.
        """
        with _translated(), self._connected() as connection:
            connection.execution_options(writing=True, rebuilding=True)
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.invalidate()  # the next ones look at them again

    @contextmanager
    def _connected(self) -> Iterator[sa.Connection]:
        if self._path is not None and (became := sqlite_file.what_became_of(self._path)):
            self.close()
            raise StoreUnavailable("database_lost", path=self._path, became=became)
        with self._engine.connect() as connection:
            self._refuse_replaced(connection)
            self._know(connection)
            yield connection

    def _refuse_replaced(self, connection: sa.Connection) -> None:
        """Once: the connections that follow are to the file that is there now."""
        opened: OpenedFile | None = connection.info.get(_OPENED)
        if opened is not None and not opened.is_still_there():
            connection.invalidate()
            self.close()
            raise StoreUnavailable("database_replaced", path=opened.path)

    def _know(self, connection: sa.Connection) -> None:
        """Another file than the first is taken only when it is whole."""
        opened: OpenedFile | None = connection.info.get(_OPENED)
        if opened is None or (self._file is not None and self._file.file == opened.file):
            return
        if self._file is not None and _version(connection) != HEAD:
            became = _("replaced by another, which is no database of this version,")
            raise StoreUnavailable("database_lost", path=opened.path, became=became)
        connection.rollback()
        self._file = opened

    def give_back(self, pause: Callable[[], None]) -> None:
        """Pages that nothing uses any more, to the disk, some at a time; a file of an early version only uses them again.

        `pause` is between two transactions. Raises StoreUnavailable.
        """
        left, before = 0, -1
        while self._path is not None and left != before:
            before = left
            with self.writing() as connection:
                driver = _driver(connection)
                driver.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
                (left,) = driver.execute("PRAGMA freelist_count").fetchone()
            pause()
        if self._path is not None:
            with self.reading() as connection:
                sqlite_file.shorten_log(_driver(connection), self._path, longest=0)

    @property
    def place(self) -> tuple[str, str]:
        """What it is and where, without user and password: `("PostgreSQL", "db.example:5432/komet")`."""
        url = self._engine.url
        if url.get_backend_name() == "sqlite":
            return "SQLite", url.database or ""
        port = f":{url.port}" if url.port else ""
        host = url.host or _("this machine")
        return "PostgreSQL", f"{host}{port}/{url.database}"

    def close(self) -> None:
        """Gives the database's files back."""
        self._engine.dispose()


def open_database(url: str, data_dir: Path, *, busy_seconds: float = 5) -> Database:
    """Creates, migrates and seeds what is missing; a writer waits `busy_seconds` for another. Raises StoreUnavailable."""
    with _opening():
        address = _address(url)
        private.make_folder(data_dir)
        private.close_to_others(data_dir)
        path = _path(address)
        if path is not None:
            private.make_folder(path.parent)
            if not sqlite_file.is_there(path):
                sqlite_file.create(path, partial(_fill, address))
            sqlite_file.close_to_others(path)
        database = Database(_engine(address, path, busy_seconds), path)
    try:
        _bring_up(database, may_be_empty=address.get_backend_name() != "sqlite")
    except BaseException:
        database.close()
        raise
    return database


def _fill(address: sa.URL, path: Path) -> None:
    engine = _engine(address, path, busy_seconds=0)
    try:
        with engine.begin() as connection:
            _migrate(connection)
    finally:
        engine.dispose()


def _bring_up(database: Database, *, may_be_empty: bool) -> None:
    """To this version. A server's database may still be empty; a file is made whole."""
    with database.reading() as connection:
        current = _version(connection)
    if current is None and not may_be_empty:
        raise StoreUnavailable("database_unusable", reason=_("it is another program's, or holds nothing"))
    if current != HEAD:
        with database.rebuilding() as connection:
            _migrate(connection)


def _address(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        # The driver's words may quote the password.
        raise StoreUnavailable("database_unusable", reason=_("its address cannot be understood")) from error


def _path(address: sa.URL) -> Path | None:
    """Of SQLite's file; None for one that a `file:` URI gives, which is there already, and for a server."""
    path = address.database or ""
    is_plain_file = address.get_backend_name() == "sqlite" and path and not path.startswith("file:")
    return Path(path).absolute() if is_plain_file else None


def _engine(address: sa.URL, path: Path | None, busy_seconds: float) -> sa.Engine:
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address)
    engine = sa.create_engine(address, connect_args={"timeout": busy_seconds})
    if path is not None:
        sa.event.listen(engine, "do_connect", partial(_to_file_that_is_there, path))
    sa.event.listen(engine, "connect", partial(_prepare, path, busy_seconds))
    sa.event.listen(engine, "begin", _begin)
    return engine


def _to_file_that_is_there(
    path: Path, _dialect: object, _record: object, arguments: list[str], options: dict[str, Any]
) -> None:
    """By itself SQLite would begin a new database where the file is missing."""
    arguments[0] = f"file:{quote(path.as_posix())}?mode=rw"
    options["uri"] = True


def _prepare(path: Path | None, busy_seconds: float, connection: sqlite3.Connection, record: Any) -> None:
    # The driver would begin transactions late and never around DDL or a SELECT: `_begin` does it.
    connection.isolation_level = None
    try:
        _write_ahead(connection, busy_seconds)
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",  # what was said to be imported is still there after a power cut
            "temp_store = MEMORY",  # staging tables
            f"journal_size_limit = {sqlite_file.LONGEST_LOG}",
            "schema_version",  # the first that reads
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except UnicodeDecodeError as error:  # SQLite quotes what is wrong, and it may be no text
        raise sqlite3.DatabaseError("database disk image is malformed") from error
    if path is not None:
        record.info[_OPENED] = OpenedFile.at(path)


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("rebuilding"):
        connection.exec_driver_sql(
            "PRAGMA foreign_keys = OFF"
        )  # within a transaction it would be passed over
    writing = options.get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _write_ahead(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Kept in the file. SQLite does not wait when two processes ask for it at once, so this does."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: sa.Connection) -> None:
    """In one transaction with the seed, after a second look: another process may have been first."""
    current = _version(connection)
    if current == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreUnavailable("database_unusable", reason=_("it is of a newer version of this program"))
    command.upgrade(config, "head")
    if current is None:
        seed.add_example_company(connection)


@contextmanager
def _opening() -> Iterator[None]:
    try:
        with _translated():
            yield
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        raise StoreUnavailable("database_unusable", reason=reason) from error
    except (exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreUnavailable("database_unusable", reason=_("its driver is not installed")) from error


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.InternalError):
        raise  # not the database's fault
    except exc.DatabaseError as error:
        raise _unavailable(error.orig) from error
    except sqlite3.DatabaseError as error:
        raise _unavailable(error) from error
    except exc.TimeoutError as error:  # every connection of the pool is in use
        raise StoreUnavailable("database_busy") from error


def _unavailable(error: BaseException | None) -> StoreUnavailable:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _BUSY:  # the low byte is the primary code of an extended one
        return StoreUnavailable("database_busy")
    if code in _FULL:
        return StoreUnavailable("disk_full")
    return StoreUnavailable("database_unusable", reason=str(error).strip().rstrip("."))
