"""A draft on the desk: its file read, its edits applied, its rows judged. Kept in step with what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from komet_import.desk import Desk
from komet_import.errors import Refused
from komet_import.review.draft import Draft, Keys
from komet_import.review.matching import Matching, match
from komet_import.review.plan import Snapshot
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import customers, drafts, edits
from komet_import.store.drafts import BlankCells, StoredDraft
from komet_import.store.edits import NewEdit

if TYPE_CHECKING:
    from komet_import.workbook.reader import Table

_OUT, _IN = "Yes", ""  # the texts of an edit that leaves a row out, or takes it back


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


def judge(desk: Desk, table: Table, matching: Matching, blank_cells: BlankCells) -> Draft:
    """The table's rows against the company's customers as they are stored now."""
    frame = table.frame
    texts = {key: frame[str(position)].tolist() for key, position in matching.positions.items()}
    clear = blank_cells is BlankCells.CLEAR
    draft = Draft(CUSTOMERS, desk.company, frame.index.tolist(), texts, clear_blanks=clear)
    draft.judge(_snapshot(desk, draft.keys()))
    return draft


def reopen(desk: Desk, draft_id: str) -> OpenDraft:
    """From what is stored of its file and its edits. Raises NotFound."""
    from komet_import.workbook.reader import table_from_parquet

    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        stored = drafts.get_draft(connection, company_id, draft_id)
        uploaded = drafts.get_upload(connection, company_id, stored.upload_id)
        made = edits.edits(connection, company_id, draft_id)
    if uploaded.table is None:
        table = read(desk, uploaded.name, uploaded.content, stored.sheet, stored.mapping)
    else:
        table = table_from_parquet(uploaded.table)
    matching = match(table.headers, CUSTOMERS, stored.mapping)
    opened = OpenDraft(stored, table, matching, judge(desk, table, matching, stored.blank_cells))
    for edit in made:
        apply(desk, opened, edit.row, edit.key, edit.new)
    return opened


def store_edits(desk: Desk, opened: OpenDraft, new: Sequence[NewEdit]) -> None:
    """Stores first, then applies: what is on the screen is never more than what is kept."""
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        refuse_moved(drafts.require_open(connection, *ids), opened.stored)
        edits.append_edits(connection, *ids, desk.person.person_id, new)
        stored = drafts.get_draft(connection, *ids)
    for edit in new:
        apply(desk, opened, edit.row, edit.key, edit.new)
    keep_figures(desk, opened, stored)


def step(desk: Desk, opened: OpenDraft, *, back: bool) -> int | None:
    """Takes the last edit back, or makes an undone one again; returns the row it is in, None when there is none."""
    ids = (desk.company.company_id, opened.stored.draft_id)
    with desk.database.writing() as connection:
        refuse_moved(drafts.require_open(connection, *ids), opened.stored)
        moved = edits.undo(connection, *ids) if back else edits.redo(connection, *ids)
        stored = drafts.get_draft(connection, *ids)
    if moved is None:
        return None
    apply(desk, opened, moved.row, moved.key, moved.old if back else moved.new)
    keep_figures(desk, opened, stored)
    return moved.row


def refuse_moved(now: StoredDraft, seen: StoredDraft) -> None:
    """Raises Refused for a draft that was changed since it was opened: what others did must not be lost unseen.

    The cursor would not tell: an edit taken back and another one made leave it where it was.
    """
    if now.updated_at != seen.updated_at:
        raise Refused("draft_moved")


def left_out(row: int, out: bool) -> NewEdit:
    """The edit that leaves a row out, or takes it back."""
    return NewEdit(row, None, _IN if out else _OUT, _OUT if out else _IN)


def apply(desk: Desk, opened: OpenDraft, row: int, key: str | None, text: str) -> None:
    """Makes one edit in the judged draft; a key that it names is looked up among the stored customers first."""
    draft = opened.draft
    if key is None:
        draft.leave_out(row, text == _OUT)
        return
    keys = draft.keys_of(key, text)
    if keys.ids or keys.codes or keys.names:
        draft.snapshot.add(_snapshot(desk, keys))
    draft.edit(row, key, text)


def keep_figures(desk: Desk, opened: OpenDraft, stored: StoredDraft) -> None:
    """Stores what the list of drafts shows. Only now the draft counts as being in the state `stored`."""
    rows, rejected = opened.draft.counts.rows, opened.draft.counts.rejected
    with desk.database.writing() as connection:
        drafts.set_figures(connection, desk.company.company_id, stored.draft_id, rows, rejected)
    opened.stored = replace(stored, rows=rows, rows_with_errors=rejected)


def _snapshot(desk: Desk, keys: Keys) -> Snapshot:
    with desk.database.reading() as connection:
        company_id = desk.company.company_id
        return customers.take_snapshot(connection, CUSTOMERS, company_id, keys.ids, keys.codes, keys.names)
