"""Every check, in the order of their cost: `python -m tests`. It ends with the first that fails."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

CHECKS = (
    ("ruff", "format", "--check"),
    ("ruff", "check"),
    ("mypy",),
    ("lint-imports", "--no-logo"),
    ("pytest", "-n", "2"),
)
ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sysconfig.get_path("scripts"))


def main() -> int:
    """The exit code of the first check that fails, 0 when none does."""
    for program, *arguments in CHECKS:
        print(f"\n$ {' '.join((program, *arguments))}", flush=True)
        code = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT).returncode
        if code != 0:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
