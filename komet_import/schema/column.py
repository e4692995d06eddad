"""A column of a file: what it holds, how it is written, and whether it must be there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from komet_import.language import _
from komet_import.schema.problems import IssueCode, Problem


class Colour(StrEnum):
    """As in the current Komet manual; never the only cue."""

    GREEN = "green"
    RED = "red"
    BLUE = "blue"

    @property
    def words(self) -> str:
        """The colour's meaning, short enough for a header's second line."""
        return {"green": _("Required"), "red": _("Optional"), "blue": _("Several locations")}[self.value]

    @property
    def meaning(self) -> str:
        """The colour's meaning as legends, notes and the manual say it."""
        return {
            "green": _("Required"),
            "red": _("Optional"),
            "blue": _("Required only for companies with several locations"),
        }[self.value]


class KindName(StrEnum):
    """The `kind` of the column table."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CODE = "code"
    CODE_LIST = "code list"
    EMAIL_LIST = "email list"
    URL = "url"
    COUNTRY = "country"
    DATE = "date"


COMPANY_LIST = "company list"
CONTACTS = "Contacts"  # the group of columns that says how a record's people are reached
# The discrepancy workbook's last column: written for people, ignored on the way back.
REASON_HEADER = "Reason"
_READ_AT_LEAST = 1000


@dataclass(frozen=True)
class Column:
    """One line of the column table.

    `max_length` counts characters (None for kinds without one); `decimals` is (digits, places) of a decimal;
    `minimum` and `maximum` bound it. `choices` are fixed values; a choice column with none takes the company's list.
    `default` is what a new customer gets without a value: such a column is never cleared. `unlisted` is the problem
    of a value that the choices lack. `group` is the heading under which a record's columns stand together.
    """

    order: int
    header: str
    key: str
    colour: Colour
    kind: KindName
    group: str = ""
    max_length: int | None = None
    decimals: tuple[int, int] | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[str, ...] = ()
    format: str = ""
    example: str = ""
    rule: str = ""
    default: str = ""
    unlisted: IssueCode = IssueCode.NOT_IN_LIST

    @cached_property
    def longest_read(self) -> int:
        """A text of more characters is too long unread, whatever the kind: no parser gets one to work on for seconds."""
        return max(_READ_AT_LEAST, 4 * (self.max_length or 0))

    @property
    def is_percent(self) -> bool:
        """A percentage is written without the sign: 5 means 5 %."""
        return self.header.endswith("%")

    @property
    def is_company_list(self) -> bool:
        """Whether the values come from the company's own list."""
        return self.kind is KindName.CHOICE and self.format == COMPANY_LIST


@dataclass(frozen=True)
class Rule:
    """A rule across columns, judged on a row as it would be stored.

    `judge` gets the texts of `reads`, in that order, `""` for no value. With `own` the rule speaks of the file's own
    cell, and stays silent where that is blank or repeats the stored value; with `when_blank` only of a column that would
    be stored without a value.
    """

    column: str
    reads: tuple[str, ...]
    judge: Callable[..., Problem | None]
    own: bool = False
    multi_location_only: bool = False
    when_blank: bool = False


@dataclass(frozen=True)
class Declaration:
    """A kind of import. `id_key`, `code_key` and `name_key` are the columns by which rows find their record.

    A list of the records shows the columns of `listed`, and can be narrowed to one value of each of `filters`:
    booleans, choices and code lists.
    """

    kind: str
    title: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    id_key: str
    code_key: str
    name_key: str
    filters: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()

    def column(self, key: str) -> Column:
        """Raises KeyError for a key that is not declared."""
        return self.by_key[key]

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """The columns by key, in order."""
        return {column.key: column for column in self.columns}

    @property
    def key_columns(self) -> tuple[str, str, str]:
        """The keys of the columns by which rows find their record: ID, code and name."""
        return self.id_key, self.code_key, self.name_key

    @cached_property
    def value_columns(self) -> tuple[Column, ...]:
        """The columns that a record stores: all but its ID, which the database gives."""
        return tuple(column for column in self.columns if column.key != self.id_key)

    @cached_property
    def groups(self) -> dict[str, tuple[Column, ...]]:
        """The columns by group, in order of each group's first."""
        names = dict.fromkeys(column.group for column in self.columns)
        return {name: tuple(column for column in self.columns if column.group == name) for name in names}
