"""The process that reads one file: `python -m komet_import.workbook.reader_child FOLDER`.

It limits itself before it loads any library, reads `request.json` and `upload` in the folder, writes `table.arrow`, and
answers on standard output in JSON. However a hostile file ends it, only this process ends.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path


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
    """Every error but Unreadable ends the process, and means that the file takes too much."""
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
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
