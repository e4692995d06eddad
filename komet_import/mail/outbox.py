"""The policy of the outbox: when a failed e-mail is tried again, and how one is kept without a mail server."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from komet_import import private
from komet_import.errors import BadSettings

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None: given up."""
    if attempts < 1:
        return timedelta(0)
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def eml_path(directory: Path, mail_id: int) -> Path:
    """Where `keep_as_eml` puts it."""
    return directory / f"mail-{mail_id:06}.eml"


def keep_as_eml(directory: Path, mail_id: int, eml: bytes) -> Path:
    """Writes the file whole or not at all, readable by its owner alone; the same e-mail again replaces it.

    Raises BadSettings when the folder cannot be written.
    """
    path = eml_path(directory, mail_id)
    try:
        private.make_folder(directory)
        private.close_to_others(directory)
        _replace(path, eml)
    except OSError as error:
        raise BadSettings("mail_not_kept", path=path, reason=error.strerror or error) from error
    return path


def _replace(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.stem}-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            Path(file.name).replace(path)
        except OSError:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
