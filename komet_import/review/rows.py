"""The rows of a file: their texts as edits made them, what the file itself said, and which rows were left out."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain, compress
from typing import NamedTuple

from komet_import.bulk import CHUNK
from komet_import.schema.column import Declaration
from komet_import.schema.kinds import LARGEST_ID
from komet_import.schema.text import fold, tidy


class Edit(NamedTuple):
    """A cell's new text. Without `key` the whole row is left out, or with `""` taken back."""

    row: int
    key: str | None
    text: str


@dataclass(frozen=True)
class Keys:
    """What stored records are found by: IDs, folded codes and folded names; `referred` are other declarations' folded
    codes, by kind.
    """

    ids: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    referred: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.ids or self.codes or self.names or self.referred)


@dataclass(frozen=True)
class Batch:
    """Rows to judge, by their `positions` in the file: `texts` by column key and `left_out`, aligned with these.

    `absent` are columns that the file lacks: a blank cell there never clears.
    """

    positions: Sequence[int]
    texts: Mapping[str, Sequence[str]]
    absent: frozenset[str]
    left_out: Sequence[int]


class Rows:
    """Tidied texts by column key, aligned with `numbers`, the rows of the sheet in ascending order.

    `edits` are made at once. Positions count from 0; callers outside the review know rows by their numbers only.
    """

    def __init__(
        self,
        declaration: Declaration,
        numbers: Iterable[int],
        texts: Mapping[str, Sequence[str]],
        edits: Iterable[Edit] = (),
    ) -> None:
        self.declaration = declaration
        self.numbers = array("q", numbers)
        self.absent = frozenset(column.key for column in declaration.columns if column.key not in texts)
        self.left_out = bytearray(len(self.numbers))
        # In tuples of CHUNK texts: the garbage collector passes these by, and an edit copies only one.
        self._texts = {key: self._in_stretches(column) for key, column in texts.items()}
        self._originals: dict[int, dict[str, str]] = {}
        self._filled: dict[str, int] = {}
        self.put(edits)

    def __len__(self) -> int:
        return len(self.numbers)

    def __contains__(self, number: int) -> bool:
        found = bisect_left(self.numbers, number)
        return found < len(self.numbers) and self.numbers[found] == number

    def position(self, number: int) -> int:
        """Raises KeyError for a row that the file lacks."""
        if number not in self:
            raise KeyError(number)
        return bisect_left(self.numbers, number)

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns that the file has, or that an edit gave a value."""
        return tuple(column.key for column in self.declaration.columns if column.key in self._texts)

    def text(self, position: int, key: str) -> str:
        """The cell's text, "" for a blank one and in a column that the file lacks."""
        column = self._texts.get(key)
        return column[position // CHUNK][position % CHUNK] if column else ""

    def texts(self, position: int, keys: Iterable[str]) -> dict[str, str]:
        """The texts of the row's cells in these columns, "" as in `text`."""
        stretch, index = divmod(position, CHUNK)
        return {key: self._texts[key][stretch][index] if key in self._texts else "" for key in keys}

    def corrected(self, position: int) -> dict[str, str]:
        """The file's text of each cell that edits gave another one, by column key."""
        originals = self._originals.get(position, {})
        return {key: text for key, text in originals.items() if text != self.text(position, key)}

    def originals(self) -> Iterator[Edit]:
        """The edits that would make of the rows what the file says."""
        for position in self._originals:
            for key, text in self.corrected(position).items():
                yield Edit(self.numbers[position], key, text)
        yield from (Edit(number, None, "") for number in compress(self.numbers, self.left_out))

    def filled(self, key: str) -> int:
        """How many cells of the column hold a text: counted once, then kept as cells are edited."""
        if key not in self._filled:
            self._filled[key] = sum(len(texts) - texts.count("") for texts in self._texts.get(key, ()))
        return self._filled[key]

    def stretches(self) -> Iterator[range]:
        """The positions of all rows, CHUNK by CHUNK."""
        for first in range(0, len(self), CHUNK):
            yield range(first, min(first + CHUNK, len(self)))

    def _in_stretches(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [tuple(texts[positions.start : positions.stop]) for positions in self.stretches()]

    def batch(self, positions: Sequence[int]) -> Batch:
        """These rows, ready to be judged; a whole stretch costs nothing."""
        texts: dict[str, Sequence[str]]
        stretch = positions[0] // CHUNK if positions else 0
        if positions == range(stretch * CHUNK, min((stretch + 1) * CHUNK, len(self))):
            texts = {key: column[stretch] for key, column in self._texts.items()}
        else:
            places = [(p // CHUNK, p % CHUNK) for p in positions]
            texts = {key: [column[c][i] for c, i in places] for key, column in self._texts.items()}
        return Batch(positions, texts, self.absent, [self.left_out[p] for p in positions])

    def put(self, edits: Iterable[Edit]) -> set[int]:
        """Makes the edits in their order; returns the positions of the rows they are in."""
        touched: set[int] = set()
        opened: dict[tuple[str, int], list[str]] = {}
        for row, key, text in edits:
            position = self.position(row)
            touched.add(position)
            if key is None:
                self.left_out[position] = bool(text)
            else:
                self._put(opened, position, key, tidy(text))
        for (key, stretch), texts in opened.items():
            self._texts[key][stretch] = tuple(texts)
        return touched

    def _put(self, opened: dict[tuple[str, int], list[str]], position: int, key: str, text: str) -> None:
        """`opened` are the tuples that were made lists, by column and stretch."""
        stretch, index = position // CHUNK, position % CHUNK
        if key not in self._texts:
            self._texts[key] = self._in_stretches([""] * len(self))
        if (key, stretch) not in opened:
            opened[key, stretch] = list(self._texts[key][stretch])
        texts = opened[key, stretch]
        old, texts[index] = texts[index], text
        self._originals.setdefault(position, {}).setdefault(key, old)
        if key in self._filled:
            self._filled[key] += bool(text) - bool(old)

    def search(self, wanted: str) -> bytearray:
        """A mark for each row that has a cell with this text, whatever its case."""
        marks, folded = bytearray(len(self)), fold(tidy(wanted))
        for column in self._texts.values():
            hits = {text for text in set().union(*column) if folded in fold(text)}
            if hits:
                for position, text in enumerate(chain.from_iterable(column)):
                    if text in hits:
                        marks[position] = 1
        return marks

    # -- whom they name ----------------------------------------------------------------------------------------

    def keys(self) -> Keys:
        """What the whole file names."""
        return self._keys(lambda key: chain.from_iterable(self._texts.get(key, ())))

    def keys_of(self, edits: Sequence[Edit]) -> Keys:
        """What these edits name: nothing but in columns by which records are found."""
        return self._keys(lambda key: (tidy(edit.text) for edit in edits if edit.key == key))

    def _keys(self, texts: Callable[[str], Iterable[str]]) -> Keys:
        """`texts` are a column's, by its key."""

        def named(key: str | None) -> set[str]:
            if key is None:
                return set()
            # No stored record has a text that is not even read.
            longest = self.declaration.column(key).longest_read
            return {text for text in set(texts(key)) if 0 < len(text) <= longest}

        numbers = map(_whole_number, named(self.declaration.id_key))
        return Keys(
            frozenset(number for number in numbers if number is not None),
            frozenset(map(fold, named(self.declaration.code_key))),
            frozenset(map(fold, named(self.declaration.name_key))),
            {
                kind: codes
                for kind, columns in self.declaration.references.items()
                if (codes := frozenset(fold(text) for column in columns for text in named(column.key)))
            },
        )

    def referring(self, codes: Mapping[str, AbstractSet[str]]) -> set[int]:
        """The positions of the rows that refer to one of these folded codes, by kind."""
        return {
            position
            for kind, wanted in codes.items()
            for column in self.declaration.references.get(kind, ())
            for position, text in enumerate(chain.from_iterable(self._texts.get(column.key, ())))
            if text and fold(text) in wanted
        }


def _whole_number(text: str) -> int | None:
    """The ID that a text may mean, up to what the database holds."""
    bare = text.partition(".")[0].lstrip("+0")
    return (
        int(bare)
        if bare.isascii() and bare.isdigit() and len(bare) <= 19 and int(bare) <= LARGEST_ID
        else None
    )
