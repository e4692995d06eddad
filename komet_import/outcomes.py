"""What becomes of a row: the few words for it, on every screen, in every e-mail and workbook, on the command line.

A row that is left out has errors, or was skipped by the user.
"""

from __future__ import annotations

from collections.abc import Iterable

from komet_import.language import N_, _, ngettext
from komet_import.sentences import counted_rows

# As the heading of a number, as a filter, as what becomes of one row.
NEW = N_("New")
UPDATED = N_("Updated")
UNCHANGED = N_("Unchanged")
LEFT_OUT = N_("Left out")
WITH_ERRORS = N_("With errors")  # of several rows
HAS_ERRORS = N_("Has errors")  # of one
SKIPPED = N_("Skipped")

# What became of an import, and of one customer in it, by the words that programs read.
STATES = {
    "queued": N_("Queued"),
    "committing": N_("Running"),
    "committed": N_("Imported"),
    "rejected": N_("Nothing imported"),
    "failed": N_("Failed"),
    "undone": N_("Undone"),
}
ACTIONS = {"insert": NEW, "update": UPDATED}


def new(count: int) -> str:
    """`3 new`."""
    return _("{count:,} new").format(count=count)


def updated(count: int) -> str:
    """`3 updated`."""
    return _("{count:,} updated").format(count=count)


def unchanged(count: int) -> str:
    """`3 unchanged`."""
    return _("{count:,} unchanged").format(count=count)


def left_out(count: int, by_the_user: int = 0) -> str:
    """`3 left out`; where the user skipped some of them: `2 with errors, 1 skipped`, or `1 skipped`."""
    if not by_the_user:
        return _("{count:,} left out").format(count=count)
    wrong = count - by_the_user
    return f"{with_errors(wrong)}, {skipped(by_the_user)}" if wrong else skipped(by_the_user)


def with_errors(count: int) -> str:
    """`3 with errors`."""
    return _("{count:,} with errors").format(count=count)


def skipped(count: int) -> str:
    """`1 skipped`."""
    return _("{count:,} skipped").format(count=count)


def equation(rows: int, parts: Iterable[str]) -> str:
    """`5 rows = 2 new + 3 left out`."""
    return f"{counted_rows(rows)} = {' + '.join(parts)}"


def correct(rows: int, *, none_went_in: bool) -> str:
    """What to do about so many rows with errors; `none_went_in`: all were to, or none."""
    if none_went_in:
        return ngettext(
            "Correct it in your file and import that again: none of its rows went in.",
            "Correct them in your file and import that again: none of its rows went in.",
            rows,
        )
    return ngettext(
        "Correct it in the workbook and import that again: it holds just this row.",
        "Correct them in the workbook and import it again: it holds just these rows.",
        rows,
    )
