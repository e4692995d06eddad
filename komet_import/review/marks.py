"""Which rows have something of a kind, and how many: a byte for each row and kind, so that a file may have millions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

Kind = TypeVar("Kind", bound=Hashable)


class Marks(Generic[Kind]):
    """By position in a file of so many `rows`; a kind that no row has is not known."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._marks: dict[Kind, bytearray] = {}
        self.counts: Counter[Kind] = Counter()

    def put(self, kind: Kind, position: int) -> None:
        """The row had none of this kind."""
        if kind not in self._marks:
            self._marks[kind] = bytearray(self._rows)
        self._marks[kind][position] = 1
        self.counts[kind] += 1

    def forget(self, positions: Collection[int]) -> None:
        """These rows have nothing of any kind."""
        for kind, marks in list(self._marks.items()):
            for position in positions:
                if marks[position]:
                    marks[position] = 0
                    self.counts[kind] -= 1
            if not self.counts[kind]:
                del self._marks[kind], self.counts[kind]

    def of(self, kind: Kind) -> bytearray:
        """The rows that have it."""
        return self._marks.get(kind, bytearray(self._rows))

    def among(self, rows: bytearray) -> set[Kind]:
        """The kinds that any of these marked rows has."""
        wanted = int.from_bytes(rows)
        return {kind for kind, marks in self._marks.items() if int.from_bytes(marks) & wanted}
