"""The desk: who works, for which company, with which database and reader of files."""

from __future__ import annotations

from dataclasses import dataclass

from komet_import import access
from komet_import.schema.company import Company, Person
from komet_import.settings import Settings
from komet_import.store.database import Database, open_database
from komet_import.workbook.reader import Reader


@dataclass(frozen=True)
class Desk:
    """What every use case needs to know of who asks. The company is as it was when the desk was opened."""

    settings: Settings
    database: Database
    company: Company
    person: Person
    reader: Reader


def open_store(settings: Settings) -> Database:
    """Opens the database, bringing it to this version. Raises StoreUnavailable."""
    return open_database(settings.database_url, settings.data_dir)


def open_desk(settings: Settings, database: Database, reader: Reader | None = None) -> Desk:
    """The desk of the person that the settings name: the command line's and the local mode's.

    A process that opens many shares its reader between them.
    """
    company, person = access.sign_in_locally(database, settings)
    return Desk(settings, database, company, person, reader or Reader(settings.limits))
