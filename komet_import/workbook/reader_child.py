"""The process that reads one file: `python -m komet_import.workbook.reader_child FOLDER`.

It limits itself before it loads any library, reads `request.json` and `upload` in the folder, writes `table.arrow`, and
answers on standard output in JSON. However a hostile file ends it, only this process ends.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def end_with_parent() -> None:
    """Standard input is a pipe that only the parent holds: it ends when the parent does, and then so does this process.

    The readers give the interpreter free while they work, so the thread has its turn at once.
    """
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written; a buffered read would trouble a normal exit
    os._exit(1)


def limit_itself(memory_mb: int, seconds: int) -> None:
    """Where the system can: its memory, its CPU time, and no core dumps. Elsewhere the parent watches."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory_mb << 20),
        (resource.RLIMIT_CPU, seconds),
    ):
        with suppress(ValueError, OSError):  # macOS knows no RLIMIT_AS; a lower limit may stand already
            resource.setrlimit(what, (most, most))


def main(folder: Path) -> None:
    """Ends without an answer when the file takes too much: by a signal, or for want of memory."""
    end_with_parent()
    asked = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    limit_itself(asked["memory_mb"], asked["seconds"])
    # Only now: what a library allocates when it loads counts too.
    from komet_import.workbook.parsing import parse
    from komet_import.workbook.request import Request
    from komet_import.workbook.unreadable import Unreadable

    try:
        answer = parse(folder / "upload", folder / "table.arrow", Request(**asked))
    except Unreadable as error:
        answer = {"error": error.code, "facts": error.facts}
    except (
        MemoryError,
        ImportError,
        SystemError,
    ):  # the last two, when there is no room to load a library late
        raise
    except BaseException as error:
        # What the readers did not foresee; their panics are no Exceptions. The parent logs what is said of it here.
        logging.getLogger(__name__).exception("The file cannot be read")
        answer = _unforeseen(error)
    sys.stdout.write(json.dumps(answer))


def _unforeseen(error: BaseException) -> dict[str, Any]:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return {"error": "no_room", "facts": {"reason": error.strerror}}
    return {"error": "damaged", "facts": {}}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
