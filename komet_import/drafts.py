"""A draft: its file read, its edits applied, its rows judged, and kept in step with what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from komet_import.desk import Desk
from komet_import.errors import Refused
from komet_import.review.draft import Draft
from komet_import.review.matching import Matching, match
from komet_import.review.plan import Snapshot
from komet_import.review.rows import Edit, Keys, Rows
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import customers, edits, uploads
from komet_import.store import drafts as stored_drafts
from komet_import.store.drafts import BlankCells, DraftState, StoredDraft
from komet_import.store.edits import NewEdit

if TYPE_CHECKING:
    from komet_import.workbook.reader import Table

_OUT, _IN = "Yes", ""  # the texts of a stored edit that leaves a row out, or takes it back


@dataclass
class OpenDraft:
    """`stored` is the draft's last known state; `table` and `matching` say what was read of the file."""

    stored: StoredDraft
    table: Table
    matching: Matching
    draft: Draft


def read(desk: Desk, file: str, content: bytes, sheet: str | None, mapping: Mapping[str, str]) -> Table:
    """Raises UnusableFile, or BadArguments for a mapping to a header that is not ours."""
    # The reader starts its child before it imports pandas itself: until here nobody did.
    from komet_import.workbook.reader import read_table

    return read_table(content, file, desk.settings.limits, CUSTOMERS, sheet=sheet, mapping=mapping)


def judge(
    desk: Desk, table: Table, matching: Matching, blank_cells: BlankCells, edits: Iterable[Edit] = ()
) -> Draft:
    """The table's rows, edited so, against the company's customers as they are stored now."""
    frame = table.frame
    texts = {key: frame[str(position)].tolist() for key, position in matching.positions.items()}
    rows = Rows(CUSTOMERS, frame.index.tolist(), texts, edits)
    clear = blank_cells is BlankCells.CLEAR
    return Draft(rows, desk.company, _snapshot(desk, rows.keys()), clear_blanks=clear)


def open_draft(desk: Desk, draft_id: str) -> OpenDraft:
    """From what is stored of its file and its edits. Raises NotFound."""
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        stored = stored_drafts.get_draft(connection, company_id, draft_id)
        kept = uploads.get_table(connection, company_id, stored.upload_id)
        made = edits.edits(connection, company_id, draft_id)
    table = _read_again(desk, stored) if kept is None else _table(kept)
    matching = match(table.headers, CUSTOMERS, stored.mapping)
    draft = judge(
        desk, table, matching, stored.blank_cells, (Edit(one.row, one.key, one.new) for one in made)
    )
    return OpenDraft(stored, table, matching, draft)


def _table(kept: bytes) -> Table:
    from komet_import.workbook.reader import table_from_parquet

    return table_from_parquet(kept)


def _read_again(desk: Desk, stored: StoredDraft) -> Table:
    """What was read of a file is dropped when nobody used it for a time."""
    ids = (desk.company.company_id, stored.upload_id)
    with desk.database.reading() as connection:
        uploaded = uploads.get_upload(connection, *ids)
    table = read(desk, uploaded.name, uploaded.content, stored.sheet, stored.mapping)
    keep_table(desk, stored.upload_id, table)
    return table


def keep_table(desk: Desk, upload_id: int, table: Table) -> None:
    """What was read of a file need not be read again to open a draft."""
    from komet_import.workbook.reader import table_to_parquet

    kept = table_to_parquet(table)
    with desk.database.writing() as connection:
        uploads.keep_table(connection, desk.company.company_id, upload_id, kept)


# -- found, chosen, discarded ----------------------------------------------------------------------------------------


def find_open(desk: Desk, limit: int) -> list[StoredDraft]:
    """Those that anybody of the company can go on with, last touched first."""
    with desk.database.reading() as connection:
        return stored_drafts.open_drafts(connection, desk.company.company_id, limit)


def get(desk: Desk, draft_id: str) -> StoredDraft:
    """What is known of a draft without opening it. Raises NotFound."""
    with desk.database.reading() as connection:
        return stored_drafts.get_draft(connection, desk.company.company_id, draft_id)


def has_moved(desk: Desk, opened: OpenDraft) -> bool:
    """Whether another window, a colleague or a changed company made it out of date: then open it again."""
    now, seen = get(desk, opened.stored.draft_id), opened.stored
    return (now.updated_at, now.state) != (seen.updated_at, seen.state) or (
        opened.draft.company.version != desk.company.version
    )


def discard(desk: Desk, draft_id: str) -> None:
    """Takes a draft from the list; its file stays stored."""
    with desk.database.writing() as connection:
        stored_drafts.set_state(connection, desk.company.company_id, draft_id, DraftState.DISCARDED)


def choose_blank_cells(desk: Desk, opened: OpenDraft, blank_cells: BlankCells) -> OpenDraft:
    """What blank cells do decides every row's plan: the draft is judged anew."""
    with desk.database.writing() as connection:
        ids = (desk.company.company_id, opened.stored.draft_id)
        stored_drafts.set_options(connection, *ids, blank_cells=blank_cells)
    return open_draft(desk, opened.stored.draft_id)


def choose_all_or_nothing(desk: Desk, opened: OpenDraft, all_or_nothing: bool) -> None:
    """Whether one row with errors keeps all the others out."""
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        refuse_moved(stored_drafts.require_open(connection, *ids), opened.stored)
        stored_drafts.set_options(connection, *ids, all_or_nothing=all_or_nothing)
        stored = stored_drafts.get_draft(connection, *ids)
    opened.stored = stored


def write_discrepancies(desk: Desk, draft: Draft, out: BinaryIO | Path) -> int:
    """The workbook of the rows that a commit would leave out; returns how many those are."""
    from komet_import.workbook.discrepancies import write_rejected_rows

    plan = draft.plan()
    return write_rejected_rows(out, CUSTOMERS, desk.company, plan.cells.items(), plan.issues)


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
        _store_edits(desk, opened, new)


def leave_out(desk: Desk, opened: OpenDraft, row: int, out: bool) -> None:
    """Leaves a row out of the import, or takes it back."""
    if row in opened.draft and opened.draft.is_left_out(row) != out:
        _store_edits(desk, opened, [_left_out_edit(row, out)])


def undo(desk: Desk, opened: OpenDraft) -> int | None:
    """Takes the last edit back; returns the row it was in, None when there is none."""
    return _step(desk, opened, back=True)


def redo(desk: Desk, opened: OpenDraft) -> int | None:
    """Makes an undone edit again; returns the row it is in, None when there is none."""
    return _step(desk, opened, back=False)


def _store_edits(desk: Desk, opened: OpenDraft, new: Sequence[NewEdit]) -> None:
    """Stores first, then applies: what is on the screen is never more than what is kept."""
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        refuse_moved(stored_drafts.require_open(connection, *ids), opened.stored)
        edits.append_edits(connection, *ids, desk.person.person_id, new)
        stored = stored_drafts.get_draft(connection, *ids)
    _apply(desk, opened, [Edit(one.row, one.key, one.new) for one in new])
    keep_figures(desk, opened, stored)


def _step(desk: Desk, opened: OpenDraft, *, back: bool) -> int | None:
    """Takes the last edit back, or makes an undone one again; returns the row it is in, None when there is none."""
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        refuse_moved(stored_drafts.require_open(connection, *ids), opened.stored)
        moved = edits.undo(connection, *ids) if back else edits.redo(connection, *ids)
        stored = stored_drafts.get_draft(connection, *ids)
    if moved is None:
        return None
    _apply(desk, opened, [Edit(moved.row, moved.key, moved.old if back else moved.new)])
    keep_figures(desk, opened, stored)
    return moved.row


def refuse_moved(now: StoredDraft, seen: StoredDraft) -> None:
    """Raises Refused for a draft that was changed since it was opened: what others did must not be lost unseen.

    The cursor would not tell: an edit taken back and another one made leave it where it was.
    """
    if now.updated_at != seen.updated_at:
        raise Refused("draft_moved")


def _left_out_edit(row: int, out: bool) -> NewEdit:
    """The edit that leaves a row out, or takes it back."""
    return NewEdit(row, None, _IN if out else _OUT, _OUT if out else _IN)


def _apply(desk: Desk, opened: OpenDraft, new: Sequence[Edit]) -> None:
    """Makes edits in the judged draft; keys that they name are looked up among the stored customers first."""
    keys = opened.draft.keys_of(new)
    opened.draft.edit(new, _snapshot(desk, keys) if keys else None)


def keep_figures(desk: Desk, opened: OpenDraft, stored: StoredDraft) -> None:
    """Stores what the list of drafts shows. Only now the draft counts as being in the state `stored`."""
    rows, rejected = opened.draft.counts.rows, opened.draft.counts.rejected
    with desk.database.writing() as connection:
        stored_drafts.set_figures(connection, desk.company.company_id, stored.draft_id, rows, rejected)
    opened.stored = replace(stored, rows=rows, rows_with_errors=rejected)


def _snapshot(desk: Desk, keys: Keys) -> Snapshot:
    with desk.database.reading() as connection:
        company_id = desk.company.company_id
        return customers.take_snapshot(connection, CUSTOMERS, company_id, keys.ids, keys.codes, keys.names)
