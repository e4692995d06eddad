"""The journey of a file, for screens and command line alike: template, check, upload, commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from komet_import import drafts, post
from komet_import.access import Deed, require
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.errors import BadArguments, KometError, Refused, StoreUnavailable, UnusableFile
from komet_import.language import _
from komet_import.review.draft import Draft
from komet_import.review.matching import Matching, header_key, match
from komet_import.review.plan import Plan
from komet_import.schema.column import Declaration
from komet_import.schema.declarations import USUAL
from komet_import.store import commit as stored_commit
from komet_import.store import customers as stored_records
from komet_import.store import drafts as stored_drafts
from komet_import.store import imports, mails, uploads
from komet_import.store.drafts import BlankCells, DraftState, StoredDraft
from komet_import.store.imports import ImportRecord, NewImport

if TYPE_CHECKING:
    from komet_import.workbook.reader import Table

TemplateKind = Literal["empty", "existing", "example"]
Progress = Callable[[float], None]


# -- templates -----------------------------------------------------------------------------------------------------


def write_template(
    desk: Desk, out: BinaryIO | Path, kind: TemplateKind, declaration: Declaration = USUAL
) -> int:
    """Writes the workbook and returns how many rows it holds."""
    from komet_import.workbook import templates

    require(desk.person, Deed.IMPORT)
    if kind == "existing":
        with desk.database.reading() as connection:
            records = stored_records.each_record(connection, declaration, desk.company.company_id)
            return templates.write_records(out, declaration, desk.company, records)
    examples = declaration.example_rows(desk.company) if kind == "example" else ()
    return templates.write_template(out, declaration, desk.company, examples)


def count_stored(desk: Desk, declaration: Declaration = USUAL) -> int:
    """How many records the template of what is stored would hold."""
    require(desk.person, Deed.IMPORT)
    with desk.database.reading() as connection:
        return stored_records.count(connection, declaration, desk.company.company_id)


# -- from a file to a draft ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """As what a file is to be read, how, and how committed. `mapping` leads from the file's headers to ours."""

    declaration: Declaration = USUAL
    sheet: str | None = None
    mapping: Mapping[str, str] | None = None
    blank_cells: BlankCells = BlankCells.KEEP
    all_or_nothing: bool = False


def check(desk: Desk, file: str, content: bytes, choices: Choices) -> tuple[Table, Matching, Draft]:
    """Reads, validates and plans a file; writes nothing to the database. Raises UnusableFile or BadArguments."""
    require(desk.person, Deed.IMPORT)
    mapping = choices.mapping or {}
    table = drafts.read(desk, choices.declaration, file, content, choices.sheet, mapping)
    theirs = {header_key(header) for header in table.headers}
    for header in mapping:
        if header_key(header) not in theirs:
            raise BadArguments("unknown_header", file=file, header=header)
    matching = match(table.headers, choices.declaration, mapping)
    return table, matching, drafts.judge(desk, choices.declaration, table, matching, choices.blank_cells)


def earlier_import(desk: Desk, content: bytes) -> ImportRecord | None:
    """The committed import of the very same bytes that was not undone, if there is one."""
    require(desk.person, Deed.IMPORT)
    with desk.database.reading() as connection:
        return imports.find_committed_upload(connection, desk.company.company_id, _sha256(content))


def refuse_repetition(desk: Desk, file: str, content: bytes) -> None:
    """Raises Refused (`already_imported`) when the very same bytes are in already."""
    _refuse_earlier(desk, file, earlier_import(desk, content))


def _refuse_earlier(desk: Desk, file: str, earlier: ImportRecord | None) -> None:
    if earlier is not None:
        when = f"{desk.company.local(earlier.finished_at):%Y-%m-%d %H:%M}"
        how = _("add {option}").format(option="--again")
        raise Refused("already_imported", file=file, when=when, import_id=earlier.import_id, how=how)


def upload(desk: Desk, file: str, content: bytes, choices: Choices, *, attended: bool = True) -> OpenDraft:
    """Stores the bytes and a draft, then reads and judges the file. An unattended draft is for the caller alone.

    Raises UnusableFile or BadArguments; the bytes stay stored then, and the draft is discarded.
    """
    require(desk.person, Deed.IMPORT)
    limit = desk.settings.limits.upload_mb
    if len(content) > limit << 20:
        raise UnusableFile("too_large", file=file, limit=limit)
    draft_id = _store_upload(desk, file, content, choices, attended)
    return _read(desk, draft_id, file, content, choices)


def choose_sheet(desk: Desk, opened: OpenDraft, sheet: str) -> OpenDraft:
    """The open draft of another sheet of the same file, else a new one. Raises as `upload`; `opened` stays as it is."""
    require(desk.person, Deed.IMPORT)
    seen, company_id = opened.stored, desk.company.company_id
    choices = Choices(seen.declaration, sheet, seen.mapping, seen.blank_cells, seen.all_or_nothing)
    add_draft = _adding_draft(desk, choices, DraftState.OPEN)
    with desk.database.writing() as connection:
        uploaded = uploads.get_upload(connection, company_id, seen.upload_id)
        begun = stored_drafts.find_of_sheet(connection, company_id, seen.upload_id, sheet)
        draft_id = begun or add_draft(connection, upload_id=seen.upload_id)
    if begun:
        return drafts.open_draft(desk, begun)
    return _read(desk, draft_id, uploaded.name, uploaded.content, choices)


def _store_upload(desk: Desk, file: str, content: bytes, choices: Choices, attended: bool = True) -> str:
    add_draft = _adding_draft(desk, choices, DraftState.OPEN if attended else DraftState.UNATTENDED)
    me = (desk.company.company_id, desk.person.person_id)
    with desk.database.writing() as connection:
        upload_id = uploads.add_upload(connection, *me, file, _sha256(content), content)
        return add_draft(connection, upload_id=upload_id)


def _adding_draft(desk: Desk, choices: Choices, state: DraftState) -> Callable[..., str]:
    return partial(
        stored_drafts.add_draft,
        company_id=desk.company.company_id,
        person_id=desk.person.person_id,
        kind=choices.declaration.kind,
        sheet=choices.sheet,
        mapping=choices.mapping,
        blank_cells=choices.blank_cells,
        all_or_nothing=choices.all_or_nothing,
        state=state,
    )


def _read(desk: Desk, draft_id: str, file: str, content: bytes, choices: Choices) -> OpenDraft:
    try:
        table, matching, draft = check(desk, file, content, choices)
        return _store_table(desk, draft_id, table, matching, draft)
    except (UnusableFile, BadArguments, Refused):
        drafts.discard(desk, draft_id)
        raise


def _store_table(desk: Desk, draft_id: str, table: Table, matching: Matching, draft: Draft) -> OpenDraft:
    from komet_import.workbook.reader import table_to_parquet

    company_id, counts = desk.company.company_id, draft.counts
    kept = table_to_parquet(table)
    with desk.database.writing() as connection:
        figures = (counts.rows, counts.with_errors, counts.skipped)
        stored = stored_drafts.set_read(connection, company_id, draft_id, table.sheet, *figures)
        uploads.keep_table(connection, company_id, stored.upload_id, kept)
    return OpenDraft(stored, table.sheet, table.sheets, matching, draft)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# -- commit --------------------------------------------------------------------------------------------------------


def commit(
    desk: Desk,
    draft_id: str,
    shown: str,
    progress: Progress | None = None,
    *,
    opened: OpenDraft | None = None,
    again: bool = True,
) -> ImportRecord:
    """Executes the plan whose hash was shown, in one transaction with its audit and its e-mail, or raises Refused.

    Any process can, whatever has the draft `opened`: that only saves opening it. A draft is committed once: a second
    click, a reload or a retry gets the first result. The history has a line from before the commit on: a failure that is
    nobody's fault stays there with its reason, a refusal does not. Without `again`, bytes that are in already are refused:
    looked for here, where another import cannot come between.
    """
    require(desk.person, Deed.IMPORT)
    started_at = datetime.now(UTC)
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        done = imports.find_done(connection, company_id, _key(draft_id))
    if done is not None:
        return done
    opened = opened or drafts.open_draft(desk, draft_id)
    plan = opened.draft.plan()
    if plan.hash != shown:
        raise Refused("plan_moved")
    new = _new_import(opened.stored, plan, desk.person.person_id, started_at)
    with desk.database.writing() as connection:
        line = imports.begin(connection, company_id, new, plan.counts.rows)
    try:
        if progress is not None:
            progress(0.0)
        return _commit(desk, opened, new, plan, progress, again)
    except KometError:
        with suppress(StoreUnavailable), desk.database.writing() as connection:  # else a sweep finds the line
            imports.withdraw(connection, company_id, line.import_id)
        raise
    except Exception as error:
        failure = _("It failed unexpectedly ({reason}); nothing was imported.")
        with suppress(StoreUnavailable), desk.database.writing() as connection:
            imports.fail(connection, company_id, line.import_id, failure.format(reason=type(error).__name__))
        raise


def _key(draft_id: str) -> str:
    return f"draft:{draft_id}"


def _new_import(stored: StoredDraft, plan: Plan, person_id: int, started_at: datetime) -> NewImport:
    return NewImport(
        declaration=stored.kind,
        file=stored.file,
        sha256=stored.sha256,
        plan_hash=plan.hash,
        person_id=person_id,
        started_at=started_at,
        draft_id=stored.draft_id,
        upload_id=stored.upload_id,
        idempotency_key=_key(stored.draft_id),
        all_or_nothing=stored.all_or_nothing,
        blank_cells=stored.blank_cells,
        sheet=stored.sheet,
        edits=stored.edits,
    )


def _commit(
    desk: Desk, opened: OpenDraft, new: NewImport, plan: Plan, progress: Progress | None, again: bool
) -> ImportRecord:
    company_id = desk.company.company_id
    with desk.database.writing() as connection:
        done = imports.find_done(connection, company_id, _key(opened.stored.draft_id))
        if done is not None:
            return done
        if not again:
            same = imports.find_committed_upload(connection, company_id, new.sha256)
            _refuse_earlier(desk, new.file, same)
        now = stored_drafts.require_open(connection, company_id, opened.stored.draft_id)
        drafts.refuse_moved(now, opened.stored)
        record = stored_commit.commit(connection, desk.company, new, plan, progress)
        stored_drafts.commit(connection, company_id, opened.stored.draft_id, record.import_id)
        mail = post.compose_mail(desk, record, plan)
        mails.add_mail(connection, company_id, mail, to_be_sent=desk.settings.mail_server is not None)
    return record
