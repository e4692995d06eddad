"""The process that reads one file: `python -m komet_import.workbook.reader_child MEMORY_MB SECONDS`.

It limits itself before it loads any library, and waits for the path of a folder on standard input. It says that it has begun,
reads `request.json` and `upload` there, writes `table.arrow`, and answers on standard output in JSON. However a hostile file
ends it, only this process ends.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
import threading
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from queue import SimpleQueue
from typing import Any

log = logging.getLogger(__name__)
END = b"\0"  # of the folder's path
BEGUN = b"begun\n"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def folders_given() -> SimpleQueue[Path]:
    """Standard input is a pipe that only the parent holds: the path of a folder comes from it, and it ends with the parent.

    So does this process then, at once: the readers give the interpreter free while they work, so the thread has its turn.
    """
    given: SimpleQueue[Path] = SimpleQueue()
    threading.Thread(target=_watch, args=(given,), daemon=True).start()
    return given


def _watch(given: SimpleQueue[Path]) -> None:
    path = b""
    while piece := os.read(sys.stdin.fileno(), 4096):  # a buffered read would trouble a normal exit
        path += piece
        if path.endswith(END):
            given.put(Path(os.fsdecode(path.removesuffix(END))))
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


class WithoutPandas(MetaPathFinder):
    """pyarrow loads it, where it is installed, to ask whether a list is one of its own: that takes longer than most files."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Says that it is not installed."""
        if fullname == "pandas":
            raise ModuleNotFoundError(name=fullname)


def main(memory_mb: int, seconds: int) -> None:
    """Ends without an answer when the file takes too much: by a signal, or for want of memory."""
    given = folders_given()
    limit_itself(memory_mb, seconds)
    sys.meta_path.insert(0, WithoutPandas())
    # Only now: what a library allocates when it loads counts too.
    from komet_import.workbook.parsing import parse
    from komet_import.workbook.request import Request
    from komet_import.workbook.unreadable import Unreadable

    folder = given.get()
    _say(BEGUN)
    asked = json.loads((folder / "request.json").read_text(encoding="utf-8"))
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
        log.exception("The file cannot be read")
        answer = _unforeseen(error)
    _say(json.dumps(answer).encode())


def _say(words: bytes) -> None:
    sys.stdout.buffer.write(words)
    sys.stdout.buffer.flush()


def _unforeseen(error: BaseException) -> dict[str, Any]:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return {"error": "no_room", "facts": {"reason": error.strerror}}
    return {"error": "damaged", "facts": {}}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
    os._exit(0)  # all is said: to take the libraries down would take as long as a small file
