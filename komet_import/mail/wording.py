"""The sentences of the e-mail that depend on numbers; what never changes stands in the templates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from komet_import.mail.report import ImportReport
from komet_import.schema.text import tidy
from komet_import.sentences import listed

_ROWS_NAMED = 5
# Control characters, halves of surrogate pairs, and those that turn the direction of the text around them.
_UNSHOWABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_FILE_ENDINGS = frozenset((".csv", ".ods", ".tsv", ".txt", ".xls", ".xlsb", ".xlsm", ".xlsx"))


def shown(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut in the middle, without characters that hide or break something."""
    line = _UNSHOWABLE.sub("\ufffd", tidy(text))
    if len(line) <= limit:
        return line
    tail = limit // 4
    return f"{line[: limit - tail - 1]}…{line[-tail:]}"


def inert(text: str, limit: int) -> str:
    """`shown`, and no mail program makes a link of it: what a file says must not be clicked in our name."""
    return re.sub(r"\S+", _unlinked, shown(text, limit))


def _unlinked(match: re.Match[str]) -> str:
    word = match[0]
    is_address = "@" in word
    is_file = PurePath(word).suffix.lower() in _FILE_ENDINGS
    if "/" not in word and (is_address or is_file):
        return word
    # A zero-width space ends what mail programs take for an address, and is a good place to wrap a long one.
    return re.sub(r"(?<=\w)\.(?=[^\W\d_])|(?<=\w):(?=//)", lambda separator: f"{separator[0]}\u200b", word)


def title(report: ImportReport) -> str:
    """The verdict."""
    if report.state == "failed":
        return "Nothing was imported: the import failed"
    share = f"{report.bad_rows:,} of {_rows(report.rows)}"
    if report.state == "rejected":
        return f"Nothing was imported: {share} {_has(report.bad_rows)} errors"
    if report.rejected:
        if not report.imported:
            share = f"{report.rejected:,} of {_rows(report.rows)}"
            return f"Nothing was imported: {share} {_was(report.rejected)} left out"
        return f"{_rows(report.imported)} imported, {_of_them(report) or f'{report.rejected:,} left out'}"
    if not report.imported:
        return f"Nothing to change: {_all_rows(report.rows)} as stored"
    return f"{_all_rows(report.rows).capitalize()} in"


def outcome(report: ImportReport) -> str:
    """What happened to the customers."""
    if report.state == "failed":
        return report.failure or "The import shows how far it came. Import the file again."
    if report.state == "rejected":
        return "All rows were to go in, or none."
    parts = [
        f"{count:,}{noun} {_was(count)} {done}"
        for count, noun, done in (
            (report.inserted, "", "added"),
            (report.updated, "", "updated"),
            (report.unchanged, "", "already up to date"),
        )
        if count
    ]
    if not parts:
        return "No customer was added or updated."
    first, _, rest = parts[0].partition(" ")
    parts[0] = f"{first} {'customer' if first == '1' else 'customers'} {rest}"
    return f"{listed(parts)}."


def left_out(report: ImportReport) -> str:
    """Which rows did not go in for their own sake, or nothing."""
    if report.state == "rejected":
        return f"{_named_rows(report.left_out_rows, report.bad_rows)} {_has(report.bad_rows)} errors."
    if report.state == "failed" or not report.rejected:
        return ""
    rows = _named_rows(report.left_out_rows, report.rejected)
    if not report.bad_rows:
        return f"{rows} {_was(report.rejected)} skipped in the review."
    of_them = _of_them(report)
    return f"{rows} {_was(report.rejected)} left out{f': {of_them}' if of_them else ''}."


def _of_them(report: ImportReport) -> str:
    """What the rows left out are, where the user skipped some of them."""
    if not report.skipped:
        return ""
    errors = f"{report.bad_rows:,} with errors, " if report.bad_rows else ""
    return f"{errors}{report.skipped:,} skipped"


def next_step(report: ImportReport) -> str:
    """What to do about the rows with errors, or nothing."""
    if report.state == "failed" or not report.bad_rows:
        return ""
    among_skipped = report.skipped and report.state == "committed"
    one, several = ("the row with errors", "the rows with errors") if among_skipped else ("it", "them")
    return f"Correct {one if report.bad_rows == 1 else several} and import the file again."


def figures(report: ImportReport) -> tuple[tuple[str, str], ...]:
    """The sum as (number, label) pairs, the total first; empty when nothing was counted."""
    if report.state == "failed":
        return ()
    total = (report.rows, "row" if report.rows == 1 else "rows")
    parts: tuple[tuple[int, str], ...] = (
        (report.inserted, "new"),
        (report.updated, "updated"),
        (report.unchanged, "unchanged"),
        (report.rejected, "left out"),
    )
    if report.state == "rejected":
        good = report.rows - report.bad_rows - report.skipped
        parts = ((good, "without errors"), (report.bad_rows, "with errors"))
        parts += ((report.skipped, "skipped"),) if report.skipped else ()
    return tuple((f"{count:,}", label) for count, label in (total, *parts))


def changes(report: ImportReport) -> str:
    """What the update did to stored values, or nothing."""
    if report.state != "committed" or not report.updated:
        return ""
    cleared = (
        "No stored value was"
        if not report.cleared
        else f"{_count(report.cleared, 'stored value')} {_was(report.cleared)}"
    )
    sentence = f"{cleared} cleared."
    if report.most_changed:
        most = ", ".join(f"{header} ({count:,})" for header, count in report.most_changed)
        sentence = f"What changed most: {most}. {sentence}"
    return sentence


def problems_note(report: ImportReport) -> str:
    """How much of the problems the table shows, or nothing when it is all."""
    listed = len(report.problems)
    if listed >= report.problem_count:
        return ""
    first = "The first" if listed == 1 else f"The first {listed}"
    return f"{first} of {report.problem_count:,} problems. All of them are on the import’s page."


def moment(when: datetime) -> str:
    """Like `23 November 2026 at 10:42 (EST)`."""
    zone = when.tzname() or ""
    if zone[:1] in ("+", "-"):  # zones without letters of their own, like Bogotá's -05
        zone = f"UTC{zone[:3]}{':' if zone[3:] else ''}{zone[3:]}"
    return f"{when.day} {when:%B %Y} at {when:%H:%M} ({zone})"


def _named_rows(rows: Sequence[int], count: int) -> str:
    if not rows:
        return _rows(count)
    named = [f"{row}" for row in rows[:_ROWS_NAMED]]
    others = count - len(named)
    return (
        f"{'Row' if count == 1 else 'Rows'} {listed([*named, f'{others:,} more'] if others > 0 else named)}"
    )


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _rows(count: int) -> str:
    return _count(count, "row")


def _all_rows(count: int) -> str:
    return "the only row is" if count == 1 else f"all {count:,} rows are"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"
