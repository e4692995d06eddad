"""What the reading child is asked: small enough for JSON, and for a parent that loads no library for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from komet_import.schema.column import Colour, Column, Declaration, KindName
from komet_import.settings import ReaderLimits


@dataclass(frozen=True)
class Request:
    """`columns` are keys and headers, in order; `mapping` leads from the file's headers to ours; `sheet` None to choose."""

    title: str
    record: str
    id_key: str | None
    code_key: str
    columns: Sequence[tuple[str, str]]
    mapping: Mapping[str, str]
    sheet: str | None
    rows: int
    memory_mb: int

    @classmethod
    def of(
        cls, declaration: Declaration, limits: ReaderLimits, mapping: Mapping[str, str], sheet: str | None
    ) -> Self:
        """What matching and the limits need of them."""
        return cls(
            title=declaration.title,
            record=declaration.record,
            id_key=declaration.id_key,
            code_key=declaration.code_key,
            columns=[(column.key, column.header) for column in declaration.columns],
            mapping=dict(mapping),
            sheet=sheet,
            rows=limits.rows,
            memory_mb=limits.memory_mb,
        )

    @property
    def declaration(self) -> Declaration:
        """As much of it as matching reads."""
        columns = (
            Column(order, header, key, Colour.RED, KindName.TEXT)
            for order, (key, header) in enumerate(self.columns, start=1)
        )
        return Declaration(
            kind="",
            title=self.title,
            noun=lambda _count: self.record,
            columns=tuple(columns),
            rules=(),
            id_key=self.id_key,
            code_key=self.code_key,
        )
