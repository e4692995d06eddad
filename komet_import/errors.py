"""Why work cannot go on: one exception tree, one sentence each that says what to do next.

KometError
├── UnusableFile     the uploaded file cannot be read or is not a Customers file
├── Refused          the file is fine, but this commit must not happen (again, or any more)
├── BadArguments     an option or a value that the caller gave cannot be used
├── BadSettings      an environment variable cannot be used
├── NotFound         an id that is unknown here, or another company's
├── AccessDenied     the request is not from somebody who may do this
└── StoreUnavailable the database cannot be opened, read or written now

Problems of the data are not errors: they are issues (`komet_import.review.issues`), collected in one pass.
"""

from __future__ import annotations

from komet_import.language import N_, _
from komet_import.sentences import clipped

_LONGEST = 300  # characters of a fact, which may be a stranger's: a header of a CSV file can have millions
WORDING: dict[str, str] = {
    # UnusableFile: the contract's codes.
    "not_a_workbook": N_(
        "{file} is not a workbook or a CSV file{detail}. Save it in Excel as .xlsx and try again."
    ),
    "encrypted": N_(
        "{file} is protected with a password. Remove the password in Excel (File › Info › Protect Workbook) and try again."
    ),
    "damaged": N_(
        "{file} is damaged and cannot be read{detail}. Open it in Excel, save it under a new name and try again."
    ),
    "too_large": N_(
        "{file} is larger than {limit} MB. Split it, or remove pictures and unused sheets, and try again."
    ),
    "too_many_rows": N_(
        "{file} has more than {limit:,} rows. Split it into smaller files and import them one after the other."
    ),
    "takes_too_much": N_(
        "Reading {file} takes more memory or time than allowed. Copy the rows into a new template and try again."
    ),
    "no_room": N_(
        "This machine has no room to read {file}: {reason}. Free some space on its disk, or some memory, and try again."
    ),
    "no_header": N_(
        "{file} has no row with our headers{detail}. Start from the template, or name the columns as it does."
    ),
    "missing_columns": N_(
        "{file} lacks the column {headers}, by which its rows find their {record}. Add it."
    ),
    "repeated_column": N_(
        "{file} has the column {column} more than once ({cells}). Keep one of them and try again."
    ),
    "no_rows": N_("{file} has headers but no rows below them. Fill in at least one row and try again."),
    # Refused.
    "already_imported": N_(
        "{file} was imported already on {when} (import {import_id}). To import it again all the same, {how}."
    ),
    "plan_moved": N_(
        "Stored customers changed since this preview, so nothing was imported. Look at the new preview and import again."
    ),
    "draft_moved": N_(
        "This draft was changed elsewhere meanwhile, so nothing was done. Look at it again and repeat your step."
    ),
    "draft_closed": N_("This draft was imported or discarded already. Upload the file again to go on."),
    "not_as_planned": N_(
        "The import would not have done what was shown ({detail}), so nothing was imported. Look at the preview again."
    ),
    "mail_in_hand": N_(
        "This e-mail is being sent at this moment, or was sent again elsewhere. Look at its state in a minute."
    ),
    # BadArguments.
    "bad_argument": "{detail}",
    "unknown_header": N_(
        "There is no column “{header}” in {file} to map. Write its header as it stands in the file."
    ),
    "unknown_sheet": N_("{file} has no sheet {sheet}. Name one that it has: {sheets}."),
    "no_sheets": N_(
        "{file} is a CSV file, so it has no sheet {sheet} and no other. Leave the sheet out and try again."
    ),
    "unreadable_path": N_("{path} cannot be read: {reason}. Check the path and try again."),
    "unwritable_path": N_("{path} cannot be written: {reason}. Choose another place and try again."),
    "bad_company_file": N_(
        "{file} does not describe a company: {detail}. Compare it with the output of `company show --json`."
    ),
    "not_settable": N_("{detail}. Nothing was changed; correct it and save again."),
    "name_from_settings": N_(
        "This app finds the company by KOMET_COMPANY, so its name cannot change here. Change it with `company load`, then set KOMET_COMPANY to the new name."
    ),
    # BadSettings.
    "no_mail_server": N_("No mail server is set, so nothing can be sent. Ask your administrator to set one."),
    "bad_setting": N_(
        "{name} is “{value}”; it must be {wanted}. Correct the environment variable and start again."
    ),
    "no_company": N_("There is no company “{name}” in this database. Set KOMET_COMPANY to one of: {names}."),
    "which_company": N_("This database holds several companies. Set KOMET_COMPANY to one of: {names}."),
    # NotFound.
    "unknown_import": N_("There is no import {id}. Choose one from the import history."),
    "unknown_draft": N_(
        "This draft does not exist any more, or is not yours. Choose one from the list, or upload the file again."
    ),
    "unknown_customer": N_("There is no customer {id}. Choose one from the list of customers."),
    "gone_value": N_("There is no “{value}” in this list any more. Reload the page and choose again."),
    "gone_location": N_("There is no location {location} any more. Reload the page and choose again."),
    # AccessDenied.
    "administrators_only": N_("Settings are for administrators. Ask one of them to change what you need."),
    "not_allowed": N_("Your role does not include this. Ask an administrator of your company."),
    "not_this_machine": N_("This app serves only the machine it runs on. Open it there, at {address}."),
    "other_site": N_(
        "Another web page asked for this, so it was refused. Open the app itself, at {address}."
    ),
    "unknown_person": N_("{person} is not an active person of {company}. Ask an administrator to add you."),
    # MailNotSent (`komet_import.mail.sender`), and BadSettings for `mail_not_kept`.
    "mail_no_password": N_(
        "The user {user} of the mail server has no password. Ask your administrator to set it."
    ),
    "mail_no_recipients": N_("This e-mail has no recipient. Add one in the settings."),
    "mail_unreachable": N_(
        "The mail server {server} cannot be reached: {reason}. Ask your administrator to check its name and port."
    ),
    "mail_insecure": N_(
        "There is no safe connection to the mail server {server}: {reason}. Ask your administrator to check its certificate, its port and how the connection is secured."
    ),
    "mail_sign_in_refused": N_(
        "The mail server {server} refused the sign-in: {reason}. Ask your administrator to check the user and the password."
    ),
    "mail_unsupported": N_(
        "The mail server {server} cannot do what the settings ask for: {reason}. Ask your administrator to check how the connection is secured, and the user."
    ),
    "mail_hung_up": N_(
        "The mail server {server} stopped answering. If that goes on, ask your administrator to check that its port and how the connection is secured belong together."
    ),
    "mail_postponed": N_(
        "The mail server {server} does not take the e-mail now: {reason}. Wait for the next try."
    ),
    "mail_refused": N_("The mail server {server} refused the e-mail: {reason}. Ask the people who run it."),
    "mail_recipients_refused": N_(
        "The mail server {server} did not take the e-mail for {addresses}: {reason}. Check the address, or wait for the next try."
    ),
    "mail_unforeseen": N_(
        "The e-mail could not be sent, for a reason that nobody foresaw ({reason}). The program's log has the details; give them to the people who run it."
    ),
    "mail_not_kept": N_(
        "The e-mail cannot be kept as {path}: {reason}. Ask your administrator to make the folder writable, or to choose another."
    ),
    # KometError itself: of background work (`komet_import.jobs`).
    "unforeseen": N_(
        "It failed for a reason that nobody foresaw ({reason}). The program's log has the details; give them to the people who run it."
    ),
    # StoreUnavailable.
    "database_busy": N_("The database is busy with other work. Nothing was changed; try again in a moment."),
    "disk_full": N_(
        "The disk that holds the database is full. Nothing was changed; free some space and try again."
    ),
    "database_unusable": N_(
        "The database cannot be used: {reason}. Nothing was changed; ask your administrator to check where it is (KOMET_DATABASE_URL), and try again."
    ),
    "database_replaced": N_(
        "The database file {path} is not the one any more that was opened: it was replaced or removed meanwhile. Nothing was changed; look at what is stored there now and repeat your step."
    ),
    "database_lost": N_(
        "The database file {path} was {became} while this program ran. Nothing was changed; put the right file there and start again."
    ),
    "database_empty": N_(
        "The database file {path} is empty, and only a missing file is begun anew. Put a backup in its place, or remove it to begin with an empty database."
    ),
    "database_remains": N_(
        "The database file {path} is missing, but {rest} is there, which belongs to it. Put the file back beside it, or remove that too to begin with an empty database."
    ),
}


class KometError(Exception):
    """`str(error)` is a whole sentence for the user; `code` is stable and goes into `--json`."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        shown = {name: _shown(fact) for name, fact in facts.items()}
        super().__init__(_(WORDING[code]).format(**{"detail": "", **shown}))


def _shown(fact: object) -> object:
    return fact if isinstance(fact, int) else clipped(str(fact), _LONGEST)


class UnusableFile(KometError):
    """The uploaded file cannot be read, or is not a file of this import's kind."""


class Refused(KometError):
    """The commit must not happen: the same bytes again, or a plan that no longer holds."""


class BadArguments(KometError):
    """An option or a value given by the caller cannot be used."""


class BadSettings(KometError):
    """An environment variable cannot be used."""


class NotFound(KometError):
    """An id that does not exist, or belongs to somebody else: the two are never told apart."""


class AccessDenied(KometError):
    """The request comes from somebody, or somewhere, that may not do this."""


class StoreUnavailable(KometError):
    """The database cannot be opened, read or written; whatever was going on was rolled back."""
