"""A column of a file: what it holds, how it is written, and whether it must be there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from komet_import.language import _
from komet_import.schema.company import Company
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
    REFERENCE = "reference"


COMPANY_LIST = "company list"
CONTACTS = "Contacts"  # the group of columns that says how a record's people are reached
# The discrepancy workbook's first columns: written for people, ignored on the way back.
REASON_HEADER = "Reason"
ROW_HEADER = "Row in your file"
_READ_AT_LEAST = 1000


@dataclass(frozen=True)
class Column:
    """One line of the column table.

    `max_length` counts characters (None for kinds without one); `decimals` is (digits, places) of a decimal;
    `minimum` and `maximum` bound it. `choices` are fixed values; a choice column with none takes the company's list.
    `default` is what a new customer gets without a value: such a column is never cleared. `unlisted` is the problem
    of a value that the choices lack; where these are codes, likeness says nothing, and `meant` tells the one that a text
    names. `refers_to` is the kind of the declaration whose records' codes a reference holds.
    `group` is the heading under which a record's columns stand together.
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
    meant: Callable[[str], str | None] | None = None
    refers_to: str = ""

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


def _no_examples(_declaration: Declaration, _company: Company) -> Sequence[Mapping[str, str]]:
    return ()


@dataclass(frozen=True)
class Declaration:
    """A kind of import. `code_key`, `id_key` and `name_key` are the columns by which rows find their record.

    The code is a text that each record has, unique in the company whatever its case; IDs and names there need not be.
    `noun` is the word for so many of its records. A list of them shows the columns of `listed`, can be narrowed to one
    value of each of `filters` (booleans, choices and code lists), and is searched in codes and the texts of `searched`. `examples`
    makes believable new records for a company, as the template writes them: texts by column key.
    """

    kind: str
    title: str
    noun: Callable[[int], str]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    code_key: str
    id_key: str | None = None
    name_key: str | None = None
    searched: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    examples: Callable[[Declaration, Company], Sequence[Mapping[str, str]]] = _no_examples

    def column(self, key: str) -> Column:
        """Raises KeyError for a key that is not declared."""
        return self.by_key[key]

    def header(self, key: str) -> str:
        """The column's header; of a key that is not declared any more, the key."""
        return self.by_key[key].header if key in self.by_key else key

    @property
    def record(self) -> str:
        """The word for one of its records."""
        return self.noun(1)

    @cached_property
    def by_key(self) -> dict[str, Column]:
        """The columns by key, in order."""
        return {column.key: column for column in self.columns}

    @cached_property
    def finding_columns(self) -> tuple[Column, ...]:
        """By whose values a row finds its record: ID before code. A file needs one of them."""
        return tuple(self.by_key[key] for key in (self.id_key, self.code_key) if key is not None)

    @cached_property
    def value_columns(self) -> tuple[Column, ...]:
        """The columns that a record stores: all but its ID, which the database gives."""
        return tuple(column for column in self.columns if column.key != self.id_key)

    @property
    def searched_keys(self) -> tuple[str, ...]:
        """The columns in whose texts a search looks."""
        return (self.code_key, *self.searched)

    @cached_property
    def references(self) -> dict[str, tuple[Column, ...]]:
        """The columns that refer to other declarations' records, by the kind of these."""
        kinds = dict.fromkeys(column.refers_to for column in self.columns if column.refers_to)
        return {kind: tuple(column for column in self.columns if column.refers_to == kind) for kind in kinds}

    @cached_property
    def groups(self) -> dict[str, tuple[Column, ...]]:
        """The columns by group, in order of each group's first."""
        names = dict.fromkeys(column.group for column in self.columns)
        return {name: tuple(column for column in self.columns if column.group == name) for name in names}

    def example_rows(self, company: Company) -> list[list[str]]:
        """The examples, each with a text for every column, in order."""
        return [
            [texts.get(column.key, "") for column in self.columns] for texts in self.examples(self, company)
        ]
