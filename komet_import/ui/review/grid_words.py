"""What the review grid says by itself."""

from __future__ import annotations

from komet_import import outcomes
from komet_import.language import _, ngettext


def script_words() -> dict[str, str | list[str] | dict[str, str]]:
    """For grid.js, by the names that it knows them by; `unsaved` is of one cell, then of many, `said` of a marked cell."""
    return {
        "grid": _("The rows of the file"),
        "blank": _("(blank)"),
        "said": {
            "error": _("{text}, error: {note}"),
            "warning": _("{text}, warning: {note}"),
            "changed": _("{text}, changed: {note}"),
            "kept": _("blank: {note}"),
        },
        "skipped": _(outcomes.SKIPPED),
        "skip": _("Skip this row"),
        "putBack": _("Take it back"),
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
