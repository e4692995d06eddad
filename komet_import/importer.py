"""The use cases, one function a button: what the pages and the command line do, through the same code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal
from zoneinfo import ZoneInfo

from komet_import import delivery, drafting
from komet_import.desk import Desk
from komet_import.drafting import OpenDraft
from komet_import.errors import BadArguments, KometError, Refused, UnusableFile
from komet_import.review.draft import Draft
from komet_import.review.issues import Issue
from komet_import.review.matching import Matching, header_key, match
from komet_import.review.plan import Plan
from komet_import.schema.customer_examples import example_records
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import commit as stored_commit
from komet_import.store import companies, customers, drafts, imports, mails
from komet_import.store.customers import CustomerRow
from komet_import.store.drafts import BlankCells, DraftState, StoredDraft
from komet_import.store.edits import NewEdit
from komet_import.store.imports import AuditedChange, Discrepancy, ImportRecord, NewImport
from komet_import.store.mails import StoredMail

if TYPE_CHECKING:
    from komet_import.workbook.reader import Table

TemplateKind = Literal["empty", "existing", "example"]
Progress = Callable[[float], None]


# -- templates -----------------------------------------------------------------------------------------------------


def write_template(desk: Desk, out: BinaryIO | Path, kind: TemplateKind) -> int:
    """Writes the workbook and returns how many rows it holds."""
    from komet_import.workbook import templates

    if kind == "existing":
        with desk.database.reading() as connection:
            records = customers.each_record(connection, CUSTOMERS, desk.company.company_id)
            rows = ((str(record.record_id), *record.texts) for record in records)
            return templates.write_template(out, CUSTOMERS, desk.company, rows)
    examples = example_records(CUSTOMERS, desk.company) if kind == "example" else ()
    return templates.write_template(out, CUSTOMERS, desk.company, examples)


# -- from a file to a draft ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """How a file is to be read and committed. `mapping` leads from the file's headers to ours."""

    sheet: str | None = None
    mapping: Mapping[str, str] | None = None
    blank_cells: BlankCells = BlankCells.KEEP
    all_or_nothing: bool = False


def check(desk: Desk, file: str, content: bytes, choices: Choices) -> tuple[Table, Matching, Draft]:
    """Reads, validates and plans a file; writes nothing to the database. Raises UnusableFile or BadArguments."""
    mapping = choices.mapping or {}
    table = drafting.read(desk, file, content, choices.sheet, mapping)
    theirs = {header_key(header) for header in table.headers}
    for header in mapping:
        if header_key(header) not in theirs:
            raise BadArguments("unknown_header", file=file, header=header)
    matching = match(table.headers, CUSTOMERS, mapping)
    return table, matching, drafting.judge(desk, table, matching, choices.blank_cells)


def earlier_import(desk: Desk, content: bytes) -> ImportRecord | None:
    """The committed import of the very same bytes that was not undone, if there is one."""
    with desk.database.reading() as connection:
        return imports.find_committed_upload(connection, desk.company.company_id, _sha256(content))


def refuse_repetition(desk: Desk, file: str, content: bytes) -> None:
    """Raises Refused (`already_imported`) when the very same bytes are in already."""
    _refuse_earlier(desk, file, earlier_import(desk, content))


def _refuse_earlier(desk: Desk, file: str, earlier: ImportRecord | None) -> None:
    if earlier is not None:
        when = f"{earlier.finished_at.astimezone(ZoneInfo(desk.company.time_zone)):%Y-%m-%d %H:%M}"
        raise Refused(
            "already_imported", file=file, when=when, import_id=earlier.import_id, how="add --again"
        )


def upload(desk: Desk, file: str, content: bytes, choices: Choices) -> OpenDraft:
    """Stores the bytes and a draft, then reads and judges the file.

    Raises UnusableFile or BadArguments; the bytes stay stored then, and the draft is discarded.
    """
    limit = desk.settings.limits.upload_mb
    if len(content) > limit << 20:
        raise UnusableFile("too_large", file=file, limit=limit)
    draft_id = _store_upload(desk, file, content, choices)
    try:
        table, matching, draft = check(desk, file, content, choices)
    except (UnusableFile, BadArguments):
        discard(desk, draft_id)
        raise
    return _store_table(desk, draft_id, table, matching, draft)


def _store_upload(desk: Desk, file: str, content: bytes, choices: Choices) -> str:
    me = (desk.company.company_id, desk.person.person_id)
    with desk.database.writing() as connection:
        upload_id = drafts.add_upload(connection, *me, file, _sha256(content), content)
        return drafts.add_draft(
            connection,
            *me,
            CUSTOMERS.kind,
            upload_id,
            sheet=choices.sheet,
            mapping=choices.mapping,
            blank_cells=choices.blank_cells,
            all_or_nothing=choices.all_or_nothing,
        )


def _store_table(desk: Desk, draft_id: str, table: Table, matching: Matching, draft: Draft) -> OpenDraft:
    from komet_import.workbook.reader import table_to_parquet

    company_id = desk.company.company_id
    with desk.database.writing() as connection:
        stored = drafts.get_draft(connection, company_id, draft_id)
        drafts.set_table(connection, company_id, stored.upload_id, table_to_parquet(table))
        drafts.set_options(connection, company_id, draft_id, sheet=table.sheet)
        stored = drafts.get_draft(connection, company_id, draft_id)
    opened = OpenDraft(stored, table, matching, draft)
    drafting.keep_figures(desk, opened, stored)
    return opened


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# -- drafts --------------------------------------------------------------------------------------------------------


def open_drafts(desk: Desk, limit: int) -> list[StoredDraft]:
    """Those that anybody of the company can go on with, last touched first."""
    with desk.database.reading() as connection:
        return drafts.open_drafts(connection, desk.company.company_id, limit)


def stored_draft(desk: Desk, draft_id: str) -> StoredDraft:
    """What is known of a draft without opening it. Raises NotFound."""
    with desk.database.reading() as connection:
        return drafts.get_draft(connection, desk.company.company_id, draft_id)


def open_draft(desk: Desk, draft_id: str) -> OpenDraft:
    """A draft with its edits, judged against what is stored now. Raises NotFound."""
    return drafting.reopen(desk, draft_id)


def has_moved(desk: Desk, opened: OpenDraft) -> bool:
    """Whether another window, a colleague or a changed company made it out of date: then open it again."""
    now, seen = stored_draft(desk, opened.stored.draft_id), opened.stored
    return (now.updated_at, now.state) != (seen.updated_at, seen.state) or (
        opened.draft.company.version != desk.company.version
    )


def discard(desk: Desk, draft_id: str) -> None:
    """Takes a draft from the list; its file stays stored."""
    with desk.database.writing() as connection:
        drafts.set_state(connection, desk.company.company_id, draft_id, DraftState.DISCARDED)


def choose_sheet(desk: Desk, opened: OpenDraft, sheet: str) -> OpenDraft:
    """Starts over with another sheet of the same file."""
    with desk.database.reading() as connection:
        uploaded = drafts.get_upload(connection, desk.company.company_id, opened.stored.upload_id)
    seen = opened.stored
    choices = Choices(sheet, seen.mapping, seen.blank_cells, seen.all_or_nothing)
    started = upload(desk, uploaded.name, uploaded.content, choices)
    discard(desk, seen.draft_id)
    return started


def choose_blank_cells(desk: Desk, opened: OpenDraft, blank_cells: BlankCells) -> OpenDraft:
    """What blank cells do decides every row's plan: the draft is judged anew."""
    with desk.database.writing() as connection:
        ids = (desk.company.company_id, opened.stored.draft_id)
        drafts.set_options(connection, *ids, blank_cells=blank_cells)
    return drafting.reopen(desk, opened.stored.draft_id)


def choose_all_or_nothing(desk: Desk, opened: OpenDraft, all_or_nothing: bool) -> None:
    """Whether one row with errors keeps all the others out."""
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        drafting.refuse_moved(drafts.require_open(connection, *ids), opened.stored)
        drafts.set_options(connection, *ids, all_or_nothing=all_or_nothing)
        stored = drafts.get_draft(connection, *ids)
    opened.stored = stored


# -- edits ---------------------------------------------------------------------------------------------------------


def edit(desk: Desk, opened: OpenDraft, changes: Sequence[tuple[int, str, str]]) -> None:
    """Stores edits (row, column key, new text), then judges what they touch.

    One of a row or column that the draft lacks, or that changes nothing, is ignored.
    """
    draft, new = opened.draft, []
    texts: dict[tuple[int, str], str] = {}
    for row, key, text in changes:
        if row in draft and key in draft.declaration.by_key:
            old = texts.get((row, key), draft.text(row, key))
            texts[row, key] = text
            if text != old:
                new.append(NewEdit(row, key, old, text))
    if new:
        drafting.store_edits(desk, opened, new)


def leave_out(desk: Desk, opened: OpenDraft, row: int, out: bool) -> None:
    """Leaves a row out of the import, or takes it back."""
    if row in opened.draft and opened.draft.is_left_out(row) != out:
        drafting.store_edits(desk, opened, [drafting.left_out(row, out)])


def undo_edit(desk: Desk, opened: OpenDraft) -> int | None:
    """Takes the last edit back; returns the row it was in, None when there is none."""
    return drafting.step(desk, opened, back=True)


def redo_edit(desk: Desk, opened: OpenDraft) -> int | None:
    """Makes an undone edit again; returns the row it is in, None when there is none."""
    return drafting.step(desk, opened, back=False)


# -- commit --------------------------------------------------------------------------------------------------------


def commit(
    desk: Desk, opened: OpenDraft, shown: str, progress: Progress | None = None, *, again: bool = True
) -> ImportRecord:
    """Executes the plan whose hash was shown, in one transaction with its audit and its e-mail, or raises Refused.

    A draft is committed once: a second click, a reload or a retry gets the first result. A failure that is nobody's
    fault stays in the history, with its reason. Without `again`, bytes that are in already are refused: looked for here,
    where another import cannot come between.
    """
    started_at = datetime.now(UTC)
    plan = opened.draft.plan()
    if plan.hash != shown:
        raise Refused("plan_moved")
    new = _new_import(opened.stored, plan, desk.person.person_id, started_at)
    try:
        return _commit(desk, opened, new, plan, progress, again)
    except KometError:
        raise
    except Exception as error:
        with desk.database.writing() as connection:
            failure = f"It failed unexpectedly ({type(error).__name__}); nothing was imported."
            imports.record_failure(connection, desk.company.company_id, new, plan.counts.rows, failure)
        raise


def _new_import(stored: StoredDraft, plan: Plan, person_id: int, started_at: datetime) -> NewImport:
    return NewImport(
        file=stored.file,
        sha256=stored.sha256,
        plan_hash=plan.hash,
        person_id=person_id,
        started_at=started_at,
        draft_id=stored.draft_id,
        upload_id=stored.upload_id,
        idempotency_key=f"draft:{stored.draft_id}",
        all_or_nothing=stored.all_or_nothing,
        blank_cells=stored.blank_cells,
        sheet=stored.sheet,
        edits=stored.cursor,
    )


def _commit(
    desk: Desk, opened: OpenDraft, new: NewImport, plan: Plan, progress: Progress | None, again: bool
) -> ImportRecord:
    company_id = desk.company.company_id
    with desk.database.writing() as connection:
        earlier = imports.find_by_key(connection, company_id, new.idempotency_key or "")
        if earlier is not None:
            return earlier
        if not again:
            same = imports.find_committed_upload(connection, company_id, new.sha256)
            _refuse_earlier(desk, new.file, same)
        drafting.refuse_moved(
            drafts.require_open(connection, company_id, opened.stored.draft_id), opened.stored
        )
        record = stored_commit.commit(connection, CUSTOMERS, desk.company, new, plan, progress)
        drafts.set_state(
            connection, company_id, opened.stored.draft_id, DraftState.COMMITTED, record.import_id
        )
        mail = delivery.compose_mail(desk, record, plan)
        mails.add_mail(connection, company_id, mail, to_be_sent=desk.settings.mail_server is not None)
    return record


# -- what was imported ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ImportDetails:
    """One import with its audit."""

    record: ImportRecord
    issues: Sequence[Discrepancy]
    changes: Sequence[AuditedChange]
    mails: Sequence[StoredMail]


def history(desk: Desk, limit: int | None, offset: int = 0) -> list[ImportRecord]:
    """The imports that the person may see, newest first."""
    with desk.database.reading() as connection:
        return imports.history(connection, desk.company.company_id, limit, offset)


def count_imports(desk: Desk) -> int:
    """How many there are."""
    with desk.database.reading() as connection:
        return imports.count(connection, desk.company.company_id)


def show(desk: Desk, import_id: int) -> ImportDetails:
    """Raises NotFound."""
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        return ImportDetails(
            imports.get_import(connection, company_id, import_id),
            imports.discrepancies(connection, company_id, import_id),
            imports.changes(connection, company_id, import_id),
            mails.mails_of(connection, company_id, import_id),
        )


def original_file(desk: Desk, record: ImportRecord) -> bytes:
    """The bytes as they were uploaded. Raises NotFound for an import that had no file."""
    with desk.database.reading() as connection:
        return drafts.get_upload(connection, desk.company.company_id, record.upload_id or 0).content


def write_draft_discrepancies(desk: Desk, draft: Draft, out: BinaryIO | Path) -> int:
    """The workbook of the rows that a commit would leave out; returns how many those are."""
    plan = draft.plan()
    return _write_discrepancies(desk, out, plan.cells.items(), plan.issues)


def write_import_discrepancies(desk: Desk, import_id: int, out: BinaryIO | Path) -> int:
    """The workbook of the rows that an import left out; returns how many those are. Raises NotFound."""
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        imports.get_import(connection, company_id, import_id)
        issues = imports.discrepancies(connection, company_id, import_id)
        rejected = list(imports.rejected_rows(connection, company_id, import_id))
    return _write_discrepancies(desk, out, rejected, issues)


def _write_discrepancies(
    desk: Desk,
    out: BinaryIO | Path,
    rejected: Collection[tuple[int, Mapping[str, str]]],
    issues: Iterable[Issue | Discrepancy],
) -> int:
    """Columns that the file lacked stay out, so that a blank cell cannot clear; but not those that an issue names."""
    from komet_import.workbook.discrepancies import RejectedRow, write_discrepancies

    by_row: dict[int, list[Issue | Discrepancy]] = {}
    for issue in issues:
        by_row.setdefault(issue.row, []).append(issue)
    named = {issue.key for row, _ in rejected for issue in by_row.get(row, ())}
    held = named.union(*(cells for _, cells in rejected))
    absent = [column.key for column in CUSTOMERS.columns if column.key not in held] if rejected else []
    rows = (RejectedRow(row, cells, by_row.get(row, [])) for row, cells in rejected)
    return write_discrepancies(out, CUSTOMERS, desk.company, rows, absent=absent)


def find_customers(
    desk: Desk, search: str | None, limit: int | None, offset: int = 0
) -> tuple[list[CustomerRow], int]:
    """A page of the stored customers by Customer ID, and how many there are in all."""
    with desk.database.reading() as connection:
        return customers.search(connection, CUSTOMERS, desk.company.company_id, search, limit, offset)


def count_customers(desk: Desk) -> int:
    """How many the company has."""
    with desk.database.reading() as connection:
        return customers.count(connection, CUSTOMERS, desk.company.company_id)


# -- the company and its outbox ------------------------------------------------------------------------------------


def company_document(desk: Desk) -> dict[str, object]:
    """The company as `company show --json` writes it and `company load` reads it."""
    with desk.database.reading() as connection:
        return companies.company_document(connection, CUSTOMERS, desk.company.company_id)


def load_company(desk: Desk, file: str, document: Mapping[str, object]) -> None:
    """Replaces name, locations and lists. Raises BadArguments when the document does not describe a company."""
    with desk.database.writing() as connection:
        companies.replace_company(connection, desk.company.company_id, CUSTOMERS, document, file)


def outbox(desk: Desk) -> list[StoredMail]:
    """The e-mails, newest first."""
    with desk.database.reading() as connection:
        return mails.outbox(connection, desk.company.company_id)


def eml(desk: Desk, mail: StoredMail) -> bytes:
    """The e-mail as a file that any mail program opens."""
    return delivery.eml(desk, mail)


def deliver(desk: Desk, *, waiting: bool = False) -> int:
    """Tries the e-mails that are due, or all that are `waiting`, now; returns how many were sent."""
    return delivery.deliver(desk, waiting=waiting)
