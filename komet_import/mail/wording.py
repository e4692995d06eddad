"""The sentences of the e-mail that depend on numbers; what never changes stands in the templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import PurePath

from komet_import import outcomes
from komet_import.language import N_, _, ngettext
from komet_import.mail.report import ImportReport
from komet_import.schema.text import tidy
from komet_import.sentences import counted_rows, listed

_ROWS_NAMED = 5
_WITHOUT_ERRORS = N_("Without errors")
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
        return _("Nothing was imported: the import failed")
    if report.state == "rejected":
        return ngettext(
            "Nothing was imported: {count:,} of {rows} has errors",
            "Nothing was imported: {count:,} of {rows} have errors",
            report.bad_rows,
        ).format(count=report.bad_rows, rows=counted_rows(report.rows))
    if report.rejected:
        return _title_of_some(report) if report.imported else _title_of_none(report)
    if report.imported:
        return ngettext("The only row is in", "All {count:,} rows are in", report.rows).format(
            count=report.rows
        )
    return ngettext(
        "Nothing to change: the only row is unchanged",
        "Nothing to change: all {count:,} rows are unchanged",
        report.rows,
    ).format(count=report.rows)


def _title_of_some(report: ImportReport) -> str:
    if not report.skipped:
        sentence = ngettext(
            "{count:,} row imported, {left_out:,} left out",
            "{count:,} rows imported, {left_out:,} left out",
            report.imported,
        )
    elif not report.bad_rows:
        sentence = ngettext(
            "{count:,} row imported, {skipped:,} skipped",
            "{count:,} rows imported, {skipped:,} skipped",
            report.imported,
        )
    else:
        sentence = ngettext(
            "{count:,} row imported, {wrong:,} with errors, {skipped:,} skipped",
            "{count:,} rows imported, {wrong:,} with errors, {skipped:,} skipped",
            report.imported,
        )
    return sentence.format(
        count=report.imported, left_out=report.rejected, wrong=report.bad_rows, skipped=report.skipped
    )


def _title_of_none(report: ImportReport) -> str:
    return ngettext(
        "Nothing was imported: {count:,} of {rows} was left out",
        "Nothing was imported: {count:,} of {rows} were left out",
        report.rejected,
    ).format(count=report.rejected, rows=counted_rows(report.rows))


def outcome(report: ImportReport) -> str:
    """What happened to the customers."""
    if report.state == "failed":
        return report.failure or _("The import shows how far it came. Import the file again.")
    if report.state == "rejected":
        return _("All rows were to go in, or none.")
    clauses = list(_outcomes(report))
    return f"{listed(clauses)}." if clauses else _("No customer is new, and none was updated.")


def _outcomes(report: ImportReport) -> Iterator[str]:
    """A clause for each count; the first says what is counted."""
    if count := report.inserted:
        yield ngettext("{count:,} customer is new", "{count:,} customers are new", count).format(count=count)
    if count := report.updated:
        clause = (
            ngettext("{count:,} was updated", "{count:,} were updated", count)
            if report.inserted
            else ngettext("{count:,} customer was updated", "{count:,} customers were updated", count)
        )
        yield clause.format(count=count)
    if count := report.unchanged:
        clause = (
            ngettext("{count:,} is unchanged", "{count:,} are unchanged", count)
            if report.imported
            else ngettext(
                "{count:,} customer is unchanged",
                "{count:,} customers are unchanged",
                count,
            )
        )
        yield clause.format(count=count)


def left_out(report: ImportReport) -> str:
    """Which rows did not go in for their own sake, or nothing."""
    if report.state == "rejected":
        rows = _named_rows(report.left_out_rows, report.bad_rows)
        return ngettext("{rows} has errors.", "{rows} have errors.", report.bad_rows).format(rows=rows)
    if report.state == "failed" or not report.rejected:
        return ""
    return _sentence_of_left_out(report).format(
        rows=_named_rows(report.left_out_rows, report.rejected),
        wrong=report.bad_rows,
        skipped=report.skipped,
    )


def _sentence_of_left_out(report: ImportReport) -> str:
    if not report.skipped:
        return ngettext("{rows} was left out.", "{rows} were left out.", report.rejected)
    if not report.bad_rows:
        return ngettext(
            "{rows} was skipped in the review.", "{rows} were skipped in the review.", report.rejected
        )
    return ngettext(
        "{rows} was left out: {wrong:,} with errors, {skipped:,} skipped.",
        "{rows} were left out: {wrong:,} with errors, {skipped:,} skipped.",
        report.rejected,
    )


def next_step(report: ImportReport) -> str:
    """What to do about the rows with errors, or nothing."""
    if report.state == "failed" or not report.bad_rows:
        return ""
    if report.state == "rejected":
        return outcomes.correct(report.bad_rows, none_went_in=True)
    return outcomes.correct(report.rejected, none_went_in=False)


def figures(report: ImportReport) -> tuple[tuple[str, str], ...]:
    """The sum as (number, heading) pairs, the total first; empty when nothing was counted."""
    if report.state == "failed":
        return ()
    parts: tuple[tuple[int, str], ...] = (
        (report.inserted, outcomes.NEW),
        (report.updated, outcomes.UPDATED),
        (report.unchanged, outcomes.UNCHANGED),
        (report.rejected, outcomes.LEFT_OUT),
    )
    if report.state == "rejected":
        parts = ((_good(report), _WITHOUT_ERRORS), (report.bad_rows, outcomes.WITH_ERRORS))
        parts += ((report.skipped, outcomes.SKIPPED),) if report.skipped else ()
    total = (report.rows, ngettext("Row", "Rows", report.rows))
    return tuple((f"{count:,}", _(heading)) for count, heading in (total, *parts))


def equation(report: ImportReport) -> str:
    """The same in a line."""
    if report.state == "failed":
        return ""
    parts = [
        outcomes.new(report.inserted),
        outcomes.updated(report.updated),
        outcomes.unchanged(report.unchanged),
        outcomes.left_out(report.rejected),
    ]
    if report.state == "rejected":
        good = _("{count:,} without errors").format(count=_good(report))
        parts = [good, outcomes.with_errors(report.bad_rows)]
        parts += [outcomes.skipped(report.skipped)] if report.skipped else []
    return outcomes.equation(report.rows, parts)


def _good(report: ImportReport) -> int:
    return report.rows - report.bad_rows - report.skipped


def changes(report: ImportReport) -> str:
    """What the update did to stored values, or nothing."""
    if report.state != "committed" or not report.updated:
        return ""
    cleared = _cleared(report.cleared)
    if not report.most_changed:
        return cleared
    most = ", ".join(f"{header} ({count:,})" for header, count in report.most_changed)
    return " ".join((_("What changed most: {columns}.").format(columns=most), cleared))


def _cleared(count: int) -> str:
    if not count:
        return _("No stored value was cleared.")
    return ngettext(
        "{count:,} stored value was cleared.", "{count:,} stored values were cleared.", count
    ).format(count=count)


def problems_note(report: ImportReport) -> str:
    """How much of the problems the table shows, or nothing when it is all."""
    count = len(report.problems)
    if count >= report.problem_count:
        return ""
    return ngettext(
        "The first of {total:,} problems. All of them are on the import’s page.",
        "The first {count} of {total:,} problems. All of them are on the import’s page.",
        count,
    ).format(count=count, total=report.problem_count)


def button(report: ImportReport) -> str:
    """Where the e-mail leads to."""
    if report.state == "rejected":
        return _("See the problems")
    return _("Get the workbook") if left_out(report) else _("See the import")


def origin(report: ImportReport, limit: int) -> str:
    """Which file, whose and when; names of at most `limit` characters each."""
    sentence = (
        _("{file}, imported by {person} on {moment}.")
        if report.state == "committed"
        else _("{file}, tried by {person} on {moment}.")
    )
    return sentence.format(
        file=inert(report.file, limit),
        person=inert(report.person, limit),
        moment=moment(report.finished_at),
    )


def moment(when: datetime) -> str:
    """Like `23 November 2026 at 10:42 (EST)`."""
    zone = when.tzname() or ""
    if zone[:1] in ("+", "-"):  # zones without letters of their own, like Bogotá's -05
        zone = f"UTC{zone[:3]}{':' if zone[3:] else ''}{zone[3:]}"
    date, time = f"{when.day} {when:%B %Y}", f"{when:%H:%M}"
    return _("{date} at {time} ({zone})").format(date=date, time=time, zone=zone)


def _named_rows(rows: Sequence[int], count: int) -> str:
    if not rows:
        return counted_rows(count)
    named = listed([f"{row}" for row in rows], _ROWS_NAMED, count)
    return ngettext("Row {rows}", "Rows {rows}", count).format(rows=named)
