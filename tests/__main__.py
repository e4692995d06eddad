"""Every check, in the order of their cost: `python -m tests`; with `--all` also what takes an hour. It ends with the first that fails."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

CHECKS = (
    ("ruff", "format", "--check"),
    ("ruff", "check"),
    ("mypy",),
    ("lint-imports", "--no-logo"),
    ("pytest", "-n", "2"),
)
LONG = (
    ("python", "-m", "tests.benchmarks"),
    ("python", "-m", "tests.mutants"),
)
ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sysconfig.get_path("scripts"))


def main(arguments: Sequence[str]) -> int:
    """The exit code of the first check that fails, 0 when none does, 2 for an argument that is not known."""
    if set(arguments) - {"--all"}:
        print("usage: python -m tests [--all]", file=sys.stderr)
        return 2
    for program, *more in (*CHECKS, *LONG) if arguments else CHECKS:
        print(f"\n$ {' '.join((program, *more))}", flush=True)
        code = subprocess.run([PROGRAMS / program, *more], cwd=ROOT).returncode
        if code != 0:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
