"""The closed catalogue of what can be wrong with a cell or a row: code, severity, title and sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from komet_import.language import N_, _
from komet_import.sentences import clipped


class Severity(StrEnum):
    """An error rejects its row; a warning never does."""

    ERROR = "error"
    WARNING = "warning"


class IssueCode(StrEnum):
    """Stable: other programs read these."""

    CELL_ERROR = "cell_error"
    CONTROL_CHARACTERS = "control_characters"
    REQUIRED = "required"
    REQUIRED_MULTI_LOCATION = "required_multi_location"
    IGNORED_SINGLE_LOCATION = "ignored_single_location"
    INVALID_NUMBER = "invalid_number"
    TOO_MANY_DECIMALS = "too_many_decimals"
    OUT_OF_RANGE = "out_of_range"
    LOOKS_LIKE_FRACTION = "looks_like_fraction"
    INVALID_BOOLEAN = "invalid_boolean"
    NOT_IN_LIST = "not_in_list"
    INVALID_EMAIL = "invalid_email"
    INVALID_URL = "invalid_url"
    INVALID_COUNTRY = "invalid_country"
    INVALID_CURRENCY = "invalid_currency"
    INVALID_DATE = "invalid_date"
    UNKNOWN_LOCATION = "unknown_location"
    TOO_LONG = "too_long"
    MAIN_LOCATION_NOT_LISTED = "main_location_not_listed"
    UNKNOWN_CUSTOMER_ID = "unknown_customer_id"
    CODE_TAKEN = "code_taken"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    NEEDS_DEFAULT_PRICE_B = "needs_default_price_b"
    NEEDS_EMAIL = "needs_email"
    NEEDS_FAX = "needs_fax"
    MARKUP_WITHOUT_PRICE_B = "markup_without_price_b"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    ZIP_LOST_ZEROS = "zip_lost_zeros"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Wording:
    """How a code reads, in English: `title` in lists of problems, `sentence` with the facts of one cell.

    Imports keep the facts, so a sentence may change, but what needs other facts is another code.
    """

    title: str
    sentence: str
    severity: Severity = Severity.ERROR


CATALOGUE: dict[IssueCode, Wording] = {
    IssueCode.CELL_ERROR: Wording(
        N_("Formula error"), N_("“{value}” is the error of a formula. Type the value itself.")
    ),
    IssueCode.CONTROL_CHARACTERS: Wording(
        N_("Control characters"),
        N_("Holds invisible control characters that cannot be stored. Type the value again."),
    ),
    IssueCode.REQUIRED: Wording(N_("Required"), N_("Required, and it is empty.")),
    IssueCode.REQUIRED_MULTI_LOCATION: Wording(
        N_("Required"),
        N_("Required in a company with several locations, and it is empty."),
    ),
    IssueCode.IGNORED_SINGLE_LOCATION: Wording(
        N_("Not used with one location"),
        N_("The company has a single location; this value is not stored."),
        Severity.WARNING,
    ),
    IssueCode.INVALID_NUMBER: Wording(N_("Not a number"), N_("“{value}” is not a number.")),
    IssueCode.TOO_MANY_DECIMALS: Wording(
        N_("Too many decimals"), N_("“{value}” has too many decimals; {allowed}.")
    ),
    IssueCode.OUT_OF_RANGE: Wording(N_("Out of range"), N_("“{value}” is out of range; {allowed}.")),
    IssueCode.LOOKS_LIKE_FRACTION: Wording(
        N_("Looks like a fraction"),
        N_("{value} means {value} %. Did you mean {suggestion} %?"),
        Severity.WARNING,
    ),
    IssueCode.INVALID_BOOLEAN: Wording(N_("Not Yes or No"), N_("“{value}” is neither Yes nor No.")),
    IssueCode.NOT_IN_LIST: Wording(N_("Not in the list"), N_("“{value}” is not in the list.")),
    IssueCode.INVALID_EMAIL: Wording(N_("Not an e-mail"), N_("“{part}” is not an e-mail address.")),
    IssueCode.INVALID_URL: Wording(
        N_("Not a web address"), N_("“{value}” is not a web address like www.example.com.")
    ),
    IssueCode.INVALID_COUNTRY: Wording(
        N_("Not a country"), N_("“{value}” is not a country's name or two-letter code.")
    ),
    IssueCode.INVALID_CURRENCY: Wording(
        N_("Not a currency"), N_("“{value}” is not the three-letter code of a currency, like USD.")
    ),
    IssueCode.INVALID_DATE: Wording(N_("Not a date"), N_("“{value}” is not a date like 2026-11-23.")),
    IssueCode.UNKNOWN_LOCATION: Wording(N_("Unknown location"), N_("“{part}” is not an active location.")),
    IssueCode.TOO_LONG: Wording(N_("Too long"), N_("{length} characters; at most {limit}.")),
    IssueCode.MAIN_LOCATION_NOT_LISTED: Wording(
        N_("Not among the locations"), N_("“{value}” is not among the row's Location Codes ({listed}).")
    ),
    IssueCode.UNKNOWN_CUSTOMER_ID: Wording(
        N_("Unknown customer"), N_("There is no customer {value}. Leave it empty for a new customer.")
    ),
    IssueCode.CODE_TAKEN: Wording(
        N_("Code taken"), N_("“{value}” is the code of {record} {owner}, not of this row's {record}.")
    ),
    IssueCode.DUPLICATE_IN_FILE: Wording(
        N_("In the file twice"), N_("Also in {others}: each {record} may be in the file once.")
    ),
    IssueCode.NEEDS_DEFAULT_PRICE_B: Wording(
        N_("Default Price is not B"), N_("A price list needs Default Price B.")
    ),
    IssueCode.NEEDS_EMAIL: Wording(
        N_("Needed for e-mail"), N_("Invoices go by e-mail, and there is no address for them.")
    ),
    IssueCode.NEEDS_FAX: Wording(N_("Needed for fax"), N_("Invoices go by fax, and there is no fax number.")),
    IssueCode.MARKUP_WITHOUT_PRICE_B: Wording(
        N_("Default Price is not B"),
        N_("The markup has no effect: Default Price is not B."),
        Severity.WARNING,
    ),
    IssueCode.POSSIBLE_DUPLICATE: Wording(
        N_("Possible duplicate"), N_("The same name as {others}."), Severity.WARNING
    ),
    IssueCode.ZIP_LOST_ZEROS: Wording(
        N_("Lost its zeros"), N_("A US ZIP code has five digits."), Severity.WARNING
    ),
    IssueCode.LEFT_OUT: Wording(N_("Skipped"), N_("Skipped in the review.")),
}


def title_of(code: IssueCode) -> str:
    """How lists of problems call it."""
    return _(CATALOGUE[code].title)


# What is said of a cell because it is blank.
OF_BLANK_CELLS = frozenset(
    (IssueCode.REQUIRED, IssueCode.REQUIRED_MULTI_LOCATION, IssueCode.NEEDS_EMAIL, IssueCode.NEEDS_FAX)
)


_NO_FACTS: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule says of a text: the code, the facts its sentence needs, and a value that would be right."""

    code: IssueCode
    suggestion: str | None = None
    facts: Mapping[str, object] = field(default_factory=lambda: _NO_FACTS)

    @property
    def severity(self) -> Severity:
        """Fixed by the code."""
        return CATALOGUE[self.code].severity

    def message(self, value: str) -> str:
        """One or two sentences; a suggestion that the sentence does not name is asked for at its end."""
        sentence = _(CATALOGUE[self.code].sentence)
        facts = {"value": value, "suggestion": self.suggestion, **self.facts}
        message = sentence.format(**{name: _clip(fact) for name, fact in facts.items()})
        if self.suggestion is not None and "{suggestion}" not in sentence:
            message += " " + _("Did you mean {suggestion}?").format(suggestion=_clip(self.suggestion))
        return message


@dataclass(frozen=True, slots=True)
class WordedProblem(Problem):
    """One whose facts are not known any more: only what was said of it, and as what."""

    sentence: str = ""
    said_as: Severity = Severity.ERROR

    @property
    def severity(self) -> Severity:
        """What it was then."""
        return self.said_as

    def message(self, _value: str) -> str:
        """What was said."""
        return self.sentence


_SHOWN = 60


def _clip(fact: object) -> object:
    """A cell can hold 32,767 characters; a sentence quotes the beginning."""
    return clipped(fact, _SHOWN) if isinstance(fact, str) else fact


def of_wrong_column(wrong: int, filled: int) -> str:
    """What is said of a column of which nearly every filled cell is wrong."""
    sentence = _("{wrong:,} of {filled:,} filled cells are wrong. Is this the right column?")
    return sentence.format(wrong=wrong, filled=filled)
