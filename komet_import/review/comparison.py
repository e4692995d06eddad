"""What each row of a batch would store, beside what is stored of its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from komet_import.review.cells import ColumnValues
from komet_import.review.plan import Record
from komet_import.review.rows import Batch
from komet_import.schema.column import Column, Declaration


class Comparison:
    """By index in the batch; `stored` and `values` in the order of `declaration.value_columns`, column by column.

    `stored` are the texts of each row's record, "" for a new one; `values` are what the row would store; `changed`
    has the keys whose stored value a row would change, and no entry for a row that changes none.
    """

    def __init__(
        self,
        declaration: Declaration,
        cells: Mapping[str, ColumnValues],
        batch: Batch,
        records: Sequence[Record | None],
        *,
        clear_blanks: bool,
    ) -> None:
        self.records = records
        self.changed: dict[int, list[str]] = {}
        self._cells = cells
        self._batch = batch
        self._clear_blanks = clear_blanks
        self._columns = declaration.value_columns
        self._matched = [i for i, record in enumerate(records) if record is not None]
        self.stored = self._stored(len(self._columns))
        self.values = [
            self._read(column, stored) for column, stored in zip(self._columns, self.stored, strict=True)
        ]

    def kept(self, keys: AbstractSet[str]) -> dict[int, dict[str, str]]:
        """By index in the batch, the stored text of each blank cell of these columns that keeps it."""
        kept: dict[int, dict[str, str]] = {}
        for index, column in enumerate(self._columns):
            texts = self._batch.texts.get(column.key) or ("",) * len(self.records)
            for i in self._matched if column.key in keys else ():
                old = self.stored[index][i]
                if old and not texts[i] and self.values[index][i] == old:
                    kept.setdefault(i, {})[column.key] = old
        return kept

    @property
    def any_stored(self) -> bool:
        """Whether any row is about a stored record."""
        return bool(self._matched)

    def _stored(self, width: int) -> Sequence[Sequence[str]]:
        if not self._matched:
            return [("",) * len(self.records)] * width
        blank = ("",) * width
        return list(zip(*[record.texts if record else blank for record in self.records], strict=True))

    def _read(self, column: Column, stored: Sequence[str]) -> list[str]:
        """What each row would store in a column, and which rows change it."""
        texts = self._batch.texts.get(column.key)
        values = list(stored) if texts is None else self._over_stored(column, texts, stored)
        if self._matched and tuple(values) != stored:
            for i in self._matched:
                if values[i] != stored[i]:
                    self.changed.setdefault(i, []).append(column.key)
        if column.default and "" in values:
            values = [
                value or (column.default if record is None else "")
                for value, record in zip(values, self.records, strict=True)
            ]
        return values

    def _over_stored(self, column: Column, texts: Sequence[str], stored: Sequence[str]) -> list[str]:
        """The file's values, and the stored ones where a cell is wrong, ignored, or blank and keeps."""
        values = self._cells[column.key].of(texts, stored if self._matched else None)
        if not self._matched or "" not in values:
            return values
        if self._clear_blanks and not column.default and column.key not in self._batch.absent:
            return [
                value if value or not text else old
                for value, text, old in zip(values, texts, stored, strict=True)
            ]
        return [value or old for value, old in zip(values, stored, strict=True)]
