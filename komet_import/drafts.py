"""A draft: its file read, its edits applied, its rows judged, and kept in step with what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from komet_import.access import Deed, require
from komet_import.desk import Desk
from komet_import.errors import NotFound, Refused
from komet_import.review.draft import Draft
from komet_import.review.edits import Cell, CellEdit, missing, sift, text_of
from komet_import.review.matching import Matching, match
from komet_import.review.plan import Plan, Snapshot
from komet_import.review.rows import Edit, Keys, Rows
from komet_import.schema.column import Declaration
from komet_import.store import customers, edits, imports, uploads
from komet_import.store import drafts as stored_drafts
from komet_import.store.drafts import BlankCells, DraftPage, DraftState, StoredDraft, WantedDrafts
from komet_import.store.edits import NewEdit, OwnSteps, StoredEdit
from komet_import.store.rejected import with_stored

if TYPE_CHECKING:
    from komet_import.workbook.reader import Table


@dataclass
class OpenDraft:
    """`stored` is the draft's last known state; of its file's sheets, `sheet` was read (None and () for CSV).

    `shown` is the plan that somebody is asked to confirm, so that it is made once for the question and the answer.
    `moved` is how often it was judged anew because stored records changed meanwhile.
    """

    stored: StoredDraft
    sheet: str | None
    sheets: tuple[str, ...]
    matching: Matching
    draft: Draft
    shown: Plan | None = None
    moved: int = 0


def read(
    desk: Desk,
    declaration: Declaration,
    file: str,
    content: bytes,
    sheet: str | None,
    mapping: Mapping[str, str],
) -> Table:
    """Raises UnusableFile, or BadArguments for a mapping to a header that is not ours."""
    require(desk.person, Deed.IMPORT)
    return desk.reader.read(content, file, declaration, sheet=sheet, mapping=mapping)


def judge(
    desk: Desk,
    declaration: Declaration,
    table: Table,
    matching: Matching,
    blank_cells: BlankCells,
    edits: Iterable[Edit] = (),
) -> Draft:
    """The table's rows, edited so, against the company's records as they are stored now."""
    require(desk.person, Deed.IMPORT)
    texts = {key: table.texts(position) for key, position in matching.positions.items()}
    rows = Rows(declaration, table.numbers, texts, edits)
    clear = blank_cells is BlankCells.CLEAR
    return Draft(rows, desk.company, _snapshot(desk, declaration, rows.keys()), clear_blanks=clear)


def open_draft(desk: Desk, draft_id: str) -> OpenDraft:
    """From what is stored of its file and its edits. Raises NotFound."""
    require(desk.person, Deed.IMPORT)
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        stored = _for_people(stored_drafts.get_draft(connection, company_id, draft_id))
        kept = uploads.get_table(connection, company_id, stored.upload_id)
        standing = edits.standing(connection, company_id, draft_id)
    table = _table(kept) if kept is not None else None
    # What was read of one sheet is kept, and another draft may be of another one.
    if table is None or stored.sheet not in (None, table.sheet):
        table = _read_again(desk, stored)
    matching = match(table.headers, stored.declaration, stored.mapping)
    made = [Edit(*cell, one.new) for cell, one in standing.items()]
    draft = judge(desk, stored.declaration, table, matching, stored.blank_cells, made)
    return OpenDraft(stored, table.sheet, table.sheets, matching, draft)


def _table(kept: bytes) -> Table:
    from komet_import.workbook.reader import table_from_parquet

    return table_from_parquet(kept)


def _read_again(desk: Desk, stored: StoredDraft) -> Table:
    """What was read of a file is dropped when nobody used it for a time."""
    ids = (desk.company.company_id, stored.upload_id)
    with desk.database.reading() as connection:
        uploaded = uploads.get_upload(connection, *ids)
    table = read(desk, stored.declaration, uploaded.name, uploaded.content, stored.sheet, stored.mapping)
    keep_table(desk, stored.upload_id, table)
    return table


def keep_table(desk: Desk, upload_id: int, table: Table) -> None:
    """What was read of a file need not be read again to open a draft."""
    from komet_import.workbook.reader import table_to_parquet

    require(desk.person, Deed.IMPORT)
    kept = table_to_parquet(table)
    with desk.database.writing() as connection:
        uploads.keep_table(connection, desk.company.company_id, upload_id, kept)


# -- found, chosen, discarded ----------------------------------------------------------------------------------------


def find(
    desk: Desk, wanted: WantedDrafts | None = None, limit: int | None = None, offset: int = 0
) -> DraftPage:
    """Those that anybody of the company can go on with, unless others are wanted; last touched first."""
    require(desk.person, Deed.IMPORT)
    with desk.database.reading() as connection:
        company_id = desk.company.company_id
        return stored_drafts.find(connection, company_id, wanted or WantedDrafts(), limit, offset)


def get(desk: Desk, draft_id: str) -> StoredDraft:
    """What is known of a draft without opening it. Raises NotFound."""
    require(desk.person, Deed.IMPORT)
    with desk.database.reading() as connection:
        return _for_people(stored_drafts.get_draft(connection, desk.company.company_id, draft_id))


def _for_people(stored: StoredDraft) -> StoredDraft:
    """Raises NotFound for a draft that a command made for itself."""
    if stored.state is DraftState.UNATTENDED:
        raise NotFound("unknown_draft")
    return stored


def discard(desk: Desk, draft_id: str) -> None:
    """Takes a draft from the list of those that are open; until it is purged it can be taken back."""
    require(desk.person, Deed.IMPORT)
    with desk.database.writing() as connection:
        stored_drafts.discard(connection, desk.company.company_id, draft_id, desk.person.person_id)


def take_back(desk: Desk, draft_id: str) -> None:
    """Opens a discarded draft again, with every correction. Raises NotFound, or Refused for one that was imported."""
    require(desk.person, Deed.IMPORT)
    with desk.database.writing() as connection:
        stored_drafts.take_back(connection, desk.company.company_id, draft_id)


def choose_blank_cells(desk: Desk, opened: OpenDraft, blank_cells: BlankCells) -> OpenDraft:
    """What blank cells do decides every row's plan: the draft is judged anew."""
    require(desk.person, Deed.IMPORT)
    with desk.database.writing() as connection:
        ids = (desk.company.company_id, opened.stored.draft_id)
        stored_drafts.set_options(connection, *ids, blank_cells=blank_cells)
    return _judged_anew(desk, opened)


def choose_all_or_nothing(desk: Desk, opened: OpenDraft, all_or_nothing: bool) -> None:
    """Whether one row with errors keeps all the others out."""
    require(desk.person, Deed.IMPORT)
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        stored_drafts.set_options(connection, *ids, all_or_nothing=all_or_nothing)
        now = stored_drafts.get_draft(connection, *ids)
        standing = edits.standing(connection, *ids)
    _catch_up(desk, opened, standing)
    _keep_up(desk, opened, now)


def write_discrepancies(desk: Desk, draft: Draft, out: BinaryIO | Path) -> int:
    """The workbook of the rows that a commit would leave out; returns how many those are."""
    from komet_import.workbook.discrepancies import write_rejected_rows

    require(desk.person, Deed.IMPORT)
    plan = draft.plan()
    held = plan.rejected_columns
    rows = with_stored(desk.database, draft.declaration, desk.company, plan.cells.items(), held)
    return write_rejected_rows(out, draft.declaration, desk.company, rows, plan.issues, held)


# -- edits ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Conflict:
    """A cell did not get the text `mine`, as it has `theirs` meanwhile: `by` gave it, or "" when it is the file's again."""

    row: int
    key: str | None
    theirs: str
    by: str
    mine: str


def edit(desk: Desk, opened: OpenDraft, changes: Sequence[CellEdit]) -> list[Conflict]:
    """Stores edits as one step, then judges what they touch; returns those that were refused, one a cell."""
    require(desk.person, Deed.IMPORT)
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        now = stored_drafts.require_open(connection, *ids)
        if now.version != opened.stored.version:
            _catch_up(desk, opened, edits.standing(connection, *ids))
        made, refused = sift(opened.draft, changes)
        conflicts = _conflicts(opened.draft, refused, edits.standing(connection, *ids)) if refused else []
        if made:
            new = [NewEdit(one.row, one.key, one.seen, one.text) for one in made]
            edits.append(connection, *ids, desk.person.person_id, new)
            now = stored_drafts.get_draft(connection, *ids)
    # Stored first, then made here: what is on the screen is never more than what is kept.
    _apply(desk, opened, [Edit(one.row, one.key, one.text) for one in made])
    _keep_up(desk, opened, now)
    return conflicts


def undo(desk: Desk, opened: OpenDraft) -> list[Conflict]:
    """Takes back the person's own last step; returns its cells that somebody edited later, which stay as they are."""
    require(desk.person, Deed.IMPORT)
    return _move(desk, opened, edits.undo)


def redo(desk: Desk, opened: OpenDraft) -> list[Conflict]:
    """Makes the step again that the person undid last; returns its cells that somebody edited later, which stay."""
    require(desk.person, Deed.IMPORT)
    return _move(desk, opened, edits.redo)


def own_steps(desk: Desk, draft_id: str) -> OwnSteps:
    """The step that the person would undo now, and the one that would be made again."""
    require(desk.person, Deed.IMPORT)
    with desk.database.reading() as connection:
        return edits.own_steps(connection, desk.company.company_id, draft_id, desk.person.person_id)


def _move(desk: Desk, opened: OpenDraft, move: Callable[..., list[StoredEdit]]) -> list[Conflict]:
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        step = move(connection, *ids, desk.person.person_id)
        now = stored_drafts.get_draft(connection, *ids)
        standing = edits.standing(connection, *ids)
    _catch_up(desk, opened, standing)
    _keep_up(desk, opened, now)
    kept = {one.cell: one.new for one in step if one.cell in standing and standing[one.cell].step > one.step}
    return _conflicts(opened.draft, kept, standing)


def _conflicts(
    draft: Draft, refused: Mapping[Cell, str], standing: Mapping[Cell, StoredEdit]
) -> list[Conflict]:
    return [
        Conflict(*cell, text_of(draft, cell), standing[cell].by if cell in standing else "", mine)
        for cell, mine in refused.items()
    ]


# -- in step with what is stored -------------------------------------------------------------------------------------


def up_to_date(desk: Desk, opened: OpenDraft) -> OpenDraft:
    """With the edits that others made; judged anew after anybody's choice or change of stored records that its rows name."""
    require(desk.person, Deed.IMPORT)
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.reading() as connection:
        now = stored_drafts.get_draft(connection, *ids)
        imported = imports.count_written(connection, desk.company.company_id)
        is_edited = now.version != opened.stored.version
        standing = edits.standing(connection, *ids) if is_edited else {}
    if not _is_judged_so(desk, opened, now):
        return _judged_anew(desk, opened)
    if imported != opened.draft.snapshot.imports and _has_moved(desk, opened.draft):
        return _judged_anew(desk, opened, moved=True)
    if is_edited:
        _catch_up(desk, opened, standing)
        opened.stored = now
    return opened


def _has_moved(desk: Desk, draft: Draft) -> bool:
    """Whether any stored record that the rows speak of changed; if none did, it is not looked for again."""
    keys = draft.keys()
    now = _snapshot(desk, draft.declaration, keys)
    if _named(now, keys) != _named(draft.snapshot, keys):
        return True
    draft.snapshot.imports = now.imports
    return False


def _named(snapshot: Snapshot, keys: Keys) -> tuple[object, ...]:
    """What of it the keys name: it may hold other records too."""
    by_code = {code: snapshot.id_by_code[code] for code in keys.codes & snapshot.id_by_code.keys()}
    by_name = {name: snapshot.ids_by_name[name] for name in keys.names & snapshot.ids_by_name.keys()}
    ids = keys.ids.union(by_code.values(), *by_name.values())
    records = {record_id: snapshot.records[record_id] for record_id in ids & snapshot.records.keys()}
    codes = {
        kind: {code: snapshot.codes[kind][code] for code in named} for kind, named in keys.referred.items()
    }
    return by_code, by_name, records, codes


def _judged_anew(desk: Desk, opened: OpenDraft, *, moved: bool = False) -> OpenDraft:
    return replace(open_draft(desk, opened.stored.draft_id), moved=opened.moved + moved)


def refuse_moved(now: StoredDraft, seen: StoredDraft) -> None:
    """Raises Refused for a draft that was changed since it was opened: its plan is not the one that was shown."""
    if now.version != seen.version:
        raise Refused("draft_moved")


def _is_judged_so(desk: Desk, opened: OpenDraft, now: StoredDraft) -> bool:
    judged = (opened.stored.blank_cells, opened.draft.company.version)
    return judged == (now.blank_cells, desk.company.version)


def _catch_up(desk: Desk, opened: OpenDraft, standing: Mapping[Cell, StoredEdit]) -> None:
    _apply(desk, opened, missing(opened.draft, {cell: one.new for cell, one in standing.items()}))


def _apply(desk: Desk, opened: OpenDraft, new: Sequence[Edit]) -> None:
    """Makes edits in the judged draft; keys that they name are looked up among the stored records first."""
    if new:
        keys = opened.draft.keys_of(new)
        opened.draft.edit(new, _snapshot(desk, opened.draft.declaration, keys) if keys else None)
        opened.shown = None


def _keep_up(desk: Desk, opened: OpenDraft, now: StoredDraft) -> None:
    """What is judged otherwise now stays behind: it is opened anew before it is shown or committed."""
    if now.version != opened.stored.version and _is_judged_so(desk, opened, now):
        keep_figures(desk, opened, now)


def keep_figures(desk: Desk, opened: OpenDraft, stored: StoredDraft) -> None:
    """Stores what the list of drafts shows. Only now the draft counts as being in the state `stored`."""
    require(desk.person, Deed.IMPORT)
    counts = opened.draft.counts
    figures = (counts.rows, counts.with_errors, counts.skipped)
    with desk.database.writing() as connection:
        stored_drafts.set_figures(connection, desk.company.company_id, stored.draft_id, *figures)
    rows, with_errors, skipped = figures
    opened.stored = replace(stored, rows=rows, rows_with_errors=with_errors, rows_skipped=skipped)


def _snapshot(desk: Desk, declaration: Declaration, keys: Keys) -> Snapshot:
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        # Counted first: an import that comes between is looked for once too often.
        imported = imports.count_written(connection, company_id)
        snapshot = customers.take_snapshot(connection, declaration, company_id, keys)
    snapshot.imports = imported
    return snapshot
