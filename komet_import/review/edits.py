"""What people's edits make of a draft: which of them can be made, and which bring it in step with what others made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from komet_import.review.draft import Draft
from komet_import.review.rows import Edit
from komet_import.schema.text import tidy

Cell = tuple[int, str | None]  # the sheet's row and a column's key; without a key the whole row
OUT, IN = "Yes", ""  # the text of a row that is left out, or not


@dataclass(frozen=True)
class CellEdit:
    """`seen` is the text that its author's screen showed. Without `key` the row is left out ("Yes") or taken back ("")."""

    row: int
    key: str | None
    seen: str
    text: str


def text_of(draft: Draft, cell: Cell) -> str:
    """As an edit would say it: what stands in the cell, or whether the row is left out."""
    row, key = cell
    if key is None:
        return OUT if draft.is_left_out(row) else IN
    return draft.text(row, key)


def sift(draft: Draft, edits: Sequence[CellEdit]) -> tuple[list[CellEdit], dict[Cell, str]]:
    """The edits to make, tidied, and the texts that are refused: their authors did not see what stands in the cell.

    An edit of a row or column that the draft lacks, or that changes nothing, is neither. Of two edits of one cell the
    second saw what the first made. Of a row nothing is refused: whoever leaves it out, or takes it back, knows what it
    was before.
    """
    texts: dict[Cell, str] = {}
    made: list[CellEdit] = []
    refused: dict[Cell, str] = {}
    for edit in edits:
        cell = edit.row, edit.key
        if edit.row not in draft or not (edit.key is None or edit.key in draft.declaration.by_key):
            continue
        now, text = texts.get(cell, text_of(draft, cell)), tidy(edit.text)
        if text == now:
            refused.pop(cell, None)
        elif edit.key is not None and tidy(edit.seen) != now:
            refused[cell] = text
        else:
            made.append(CellEdit(*cell, now, text))
            texts[cell] = text
    return made, refused


def missing(draft: Draft, standing: Mapping[Cell, str]) -> list[Edit]:
    """The edits after which each cell has the text that stands for it, or the file's where none does."""
    texts: dict[Cell, str] = {(row, key): text for row, key, text in draft.originals()}
    texts |= standing
    return [Edit(*cell, text) for cell, text in texts.items() if text != text_of(draft, cell)]
