"""What the review grid says by itself."""

from __future__ import annotations

from komet_import import outcomes
from komet_import.language import _, ngettext


def script_words() -> dict[str, str | list[str]]:
    """For grid.js, by the names that it knows them by; `unsaved` is of one cell, then of many."""
    return {
        "skipped": _(outcomes.SKIPPED),
        "skip": _("Skip"),
        "putBack": _("Put back"),
        "notSaved": _("Not saved yet."),
        "unsaved": [_unsaved(count) for count in (1, 2)],
    }


def _unsaved(cells: int) -> str:
    return ngettext(
        "{count} cell is not saved yet, and is sent again by itself. Keep this page open.",
        "{count} cells are not saved yet, and are sent again by itself. Keep this page open.",
        cells,
    )


def not_saved() -> str:
    """In the corner of a cell."""
    return _("not saved")
