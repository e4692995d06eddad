"""The database: opening it (created, migrated and seeded as needed), reading, writing, and what its failures mean."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from komet_import.errors import StoreUnavailable
from komet_import.store import seed

HEAD = "0005"  # the newest migration: known without importing Alembic, which takes as long as all the rest of a start
_MIGRATIONS = Path(__file__).parent / "migrations"

# A full disk is ENOSPC and FULL; a full quota is another errno, and then a failed write.
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Database:
    """Safe to share between threads; every process opens its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one moment of the database. Raises StoreUnavailable."""
        with _translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end, rolled back by any exception. Raises StoreUnavailable.

        SQLite has one writer at a time, so it starts by waiting for its turn: what it reads cannot move before it writes.
        """
        with _translated(), self._engine.connect() as connection:
            connection.execution_options(writing=True)
            with connection.begin():
                yield connection

    @property
    def place(self) -> tuple[str, str]:
        """What it is and where, without user and password: `("PostgreSQL", "db.example:5432/komet")`."""
        url = self._engine.url
        if url.get_backend_name() == "sqlite":
            return "SQLite", url.database or ""
        port = f":{url.port}" if url.port else ""
        return "PostgreSQL", f"{url.host or 'this machine'}{port}/{url.database}"

    def close(self) -> None:
        """Gives the database's files back."""
        self._engine.dispose()


def open_database(url: str, data_dir: Path, *, busy_seconds: float = 5) -> Database:
    """Creates, migrates and seeds what is missing; a writer waits `busy_seconds` for another. Raises StoreUnavailable."""
    with _opening():
        address = _address(url)
        for folder in (data_dir, _folder(address)):
            folder.mkdir(parents=True, exist_ok=True)
        engine = _engine(address, busy_seconds)
        if address.get_backend_name() == "sqlite":
            _write_ahead(engine, busy_seconds)
    database = Database(engine)
    with database.reading() as connection:
        current = _version(connection)
    if current != HEAD:
        with database.writing() as connection:
            _migrate(connection)
    return database


def _address(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        # The driver's words may quote the password.
        raise StoreUnavailable("database_unusable", reason="its address cannot be understood") from error


def _folder(address: sa.URL) -> Path:
    """Of SQLite's file; one given as a `file:` URI is there already."""
    path = address.database or ""
    is_plain_file = address.get_backend_name() == "sqlite" and not path.startswith("file:")
    return Path(path).parent if is_plain_file else Path()


def _engine(address: sa.URL, busy_seconds: float) -> sa.Engine:
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address)
    engine = sa.create_engine(address, connect_args={"timeout": busy_seconds})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions late and never around DDL or a SELECT: `_begin` does it.
    connection.isolation_level = None
    for pragma in (
        "foreign_keys = ON",
        "synchronous = FULL",  # what was said to be imported is still there after a power cut
        "temp_store = MEMORY",  # staging tables
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _write_ahead(engine: sa.Engine, busy_seconds: float) -> None:
    """Kept in the file. SQLite does not wait when two processes ask for it at once, so this does."""
    deadline = time.monotonic() + busy_seconds
    while True:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        finally:
            connection.close()


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
        raise StoreUnavailable("database_unusable", reason="it is of a newer version of this program")
    command.upgrade(config, "head")
    if current is None:
        seed.plant(connection)


@contextmanager
def _opening() -> Iterator[None]:
    try:
        with _translated():
            yield
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        raise StoreUnavailable("database_unusable", reason=reason) from error
    except (exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreUnavailable("database_unusable", reason="its driver is not installed") from error


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
