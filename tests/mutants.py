"""Small changes made to the code, one at a time, to see whether a test notices: `python -m tests.mutants [ROOM]…`.

It takes minutes a room and prints the share that was noticed; below the one that is asked for, its exit code is 1.
mutmut makes the changes, in a copy: decorated functions and what stands outside of functions it leaves as they are.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "build" / "mutants"
WANTED = 85  # per cent
# What is changed, and the tests that should notice: fast ones, which start no other process where that can be.
ROOMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "schema": (
        ("komet_import/schema/*.py",),
        ("tests/schema", "tests/review/test_rules.py", "tests/review/test_cells.py"),
    ),
    "review": (("komet_import/review/*.py",), ("tests/review",)),
    "commit": (("komet_import/store/commit.py",), ("tests/store/test_commit.py",)),
    "history": (
        ("komet_import/history.py", "komet_import/store/history.py"),
        ("tests/test_history.py", "tests/store/test_history.py"),
    ),
    "post": (("komet_import/post.py",), ("tests/test_report.py", "tests/test_post.py")),
}
# A run for each change: most of its time goes into finding plugins and collecting garbage unless it is spared that.
PYTEST = ("-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "pytest_timeout")
# A hundred random drafts take longer than all other tests together; a program of its own breaks on the copy's code.
LEFT_OUT = ("as_if_the_file_had_said_so", "another_process_sends_it", "sender_was_killed")


def main(rooms: Sequence[str]) -> int:
    """1 when a room is below what is wanted, 0 otherwise."""
    unknown = set(rooms) - set(ROOMS)
    if unknown:
        print(f"There is no room {', '.join(sorted(unknown))}. Choose from: {', '.join(ROOMS)}.")
        return 2
    scores = {room: _score(room) for room in rooms or ROOMS}
    for room, (noticed, made) in scores.items():
        print(f"{room:<10}{noticed:>6} of {made:>6} noticed{noticed / made:>8.1%}")
    return int(any(noticed * 100 < made * WANTED for noticed, made in scores.values()))


def _score(room: str) -> tuple[int, int]:
    """How many of the changes were noticed, and how many were made."""
    place = _copied(room)
    is_known = (place / "mutants").exists()
    _mutmut(place, "run", "--max-children", "1")
    if is_known and (unnoticed := _unnoticed(place)):
        _mutmut(place, "run", "--max-children", "1", *unnoticed)
    _mutmut(place, "export-cicd-stats")
    print("\n".join(_unnoticed(place)))
    told = json.loads((place / "mutants" / "mutmut-cicd-stats.json").read_text())
    return told["killed"] + told["timeout"] + told["segfault"], told["total"] - told["skipped"]


def _unnoticed(place: Path) -> list[str]:
    """The names of the changes that no test noticed the last time."""
    lines = (line.split(": ") for line in _mutmut(place, "results", told=True).splitlines())
    return [name.strip() for name, *state in lines if state in (["survived"], ["no tests"])]


def _mutmut(place: Path, *arguments: str, told: bool = False) -> str:
    """What it prints, with `told`; otherwise the person sees it."""
    program = Path(sysconfig.get_path("scripts")) / "mutmut"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KOMET_")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    said = subprocess.run(
        ["nice", program, *arguments], cwd=place, check=True, env=environment, text=True, capture_output=told
    )
    return said.stdout or ""


def _copied(room: str) -> Path:
    """A copy to work in. What was noticed the last time stays so: only the others, and what is new, are tried again."""
    place, (changed, tests) = PLACE / room, ROOMS[room]
    for name in ("komet_import", "tests"):
        shutil.rmtree(place / name, ignore_errors=True)
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    settings = {
        "source_paths": ["komet_import"],
        "only_mutate": changed,
        "pytest_add_cli_args_test_selection": tests,
        "pytest_add_cli_args": [*PYTEST, "-k", f"not ({' or '.join(LEFT_OUT)})"],
    }
    table = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    own = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (place / "pyproject.toml").write_text(f"{own}\n[tool.mutmut]\n{table}\n", encoding="utf-8")
    return place


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
